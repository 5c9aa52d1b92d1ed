/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/preset-cards.h"

#include "pages/model/network-drawing.h"
#include "session/preset-info.h"

#include "net/graph.h"

struct _PcnPresetCards {
  AdwBin parent_instance;
  GtkFlowBox *box;
  GPtrArray *cards; /* GtkToggleButton, in the order of nn_preset_names() */
  PcnNetwork *network;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnPresetCards, pcn_preset_cards, ADW_TYPE_BIN)

static void
on_toggled (GtkToggleButton *card, PcnPresetCards *self)
{
  guint index;

  if (self->updating || !gtk_toggle_button_get_active (card) || !g_ptr_array_find (self->cards, card, &index))
    return;
  pcn_network_choose (self->network, nn_preset_names ()[index]);
}

/* A preset that was edited isn't chosen any more, but it is where the network came from. */
static void
update (PcnPresetCards *self)
{
  self->updating = TRUE;
  for (guint i = 0; i < self->cards->len; i++) {
    GtkWidget *card = self->cards->pdata[i];
    gboolean origin = g_str_equal (nn_preset_names ()[i], pcn_network_get_preset (self->network));
    gtk_toggle_button_set_active (self->cards->pdata[i], origin && !pcn_network_get_spec (self->network));
    if (origin)
      gtk_widget_add_css_class (card, "origin");
    else
      gtk_widget_remove_css_class (card, "origin");
  }
  self->updating = FALSE;
}

static void
on_clicked (GtkToggleButton *card, PcnPresetCards *self)
{
  /* One of them always stays chosen. */
  if (!gtk_toggle_button_get_active (card))
    update (self);
}

static GtkWidget *
make_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 10);
  gtk_widget_add_css_class (label, css);
  return label;
}

static void
add_card (PcnPresetCards *self, const char *preset)
{
  const char *title = pcn_preset_get_title (preset), *text = pcn_preset_get_text (preset);
  GtkWidget *card = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_box_append (GTK_BOX (box), pcn_network_drawing_new (preset));
  gtk_box_append (GTK_BOX (box), make_label (title, "heading"));
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "preset-card");
  gtk_widget_set_tooltip_text (card, text);
  gtk_button_set_child (GTK_BUTTON (card), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  g_signal_connect (card, "toggled", G_CALLBACK (on_toggled), self);
  g_signal_connect (card, "clicked", G_CALLBACK (on_clicked), self);
  /* The card takes the focus, not the place around it. */
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
  gtk_flow_box_append (self->box, child);
  g_ptr_array_add (self->cards, card);
}

static void
pcn_preset_cards_dispose (GObject *object)
{
  PcnPresetCards *self = PCN_PRESET_CARDS (object);

  g_clear_object (&self->network);
  g_clear_pointer (&self->cards, g_ptr_array_unref);
  G_OBJECT_CLASS (pcn_preset_cards_parent_class)->dispose (object);
}

static void
pcn_preset_cards_class_init (PcnPresetCardsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pcn_preset_cards_dispose;
}

static void
pcn_preset_cards_init (PcnPresetCards *self)
{
  self->cards = g_ptr_array_new ();
  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (self->box, TRUE);
  gtk_flow_box_set_min_children_per_line (self->box, 2);
  gtk_flow_box_set_max_children_per_line (self->box, 8);
  gtk_flow_box_set_row_spacing (self->box, 9);
  gtk_flow_box_set_column_spacing (self->box, 9);
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "presets");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
}

void
pcn_preset_cards_set_network (PcnPresetCards *self, PcnNetwork *network)
{
  g_return_if_fail (PCN_IS_PRESET_CARDS (self) && PCN_IS_NETWORK (network));

  if (!g_set_object (&self->network, network))
    return;
  for (const char *const *name = nn_preset_names (); *name; name++)
    add_card (self, *name);
  g_signal_connect_object (network, "checked", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
