/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/category.h"
#include "pages/data/data-page.h"
#include "settings.h"
#include "widgets/gradual-list.h"
#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

struct _PcnDataPage {
  AdwBin parent_instance;
  GtkStack *state, *content;
  AdwFlap *flap;
  GtkProgressBar *progress;
  GtkListView *categories;
  GtkGridView *samples;
  GtkListView *rejects;
  GtkLabel *title;
  GtkWidget *digits, *no_digits;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnDataPage, pcn_data_page, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
show_category (PcnDataPage *self, PcnCategory *category)
{
  PcnCategoryKind kind = pcn_category_get_kind (category);

  gtk_label_set_label (self->title, pcn_category_get_name (category));
  if (kind == PCN_CATEGORY_REJECTS) {
    gtk_stack_set_visible_child_name (self->content, "rejects");
  } else {
    int class_index = kind == PCN_CATEGORY_CLASS ? (int) pcn_category_get_class (category) : -1;
    GListModel *samples = pcn_session_get_samples (self->session, class_index);
    GtkNoSelection *selection = gtk_no_selection_new (pcn_gradual_list_new (samples, GTK_WIDGET (self->samples)));
    gtk_grid_view_set_model (self->samples, GTK_SELECTION_MODEL (selection));
    g_object_unref (selection);
    gtk_stack_set_visible_child_name (self->content, pcn_category_get_count (category) > 0 ? "samples" : "empty-class");
  }
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

static void
on_category_selected (PcnDataPage *self)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->categories));
  PcnCategory *category = selection ? gtk_single_selection_get_selected_item (selection) : NULL;

  if (category && pcn_session_get_dataset (self->session))
    show_category (self, category);
}

static void
update_state (PcnDataPage *self)
{
  gboolean importing, has_data;
  g_autofree char *mnist = pcn_settings_get_mnist ();

  g_object_get (self->session, "importing", &importing, "has-data", &has_data, NULL);
  gtk_widget_set_visible (self->digits, mnist != NULL);
  gtk_widget_set_visible (self->no_digits, mnist == NULL);
  gtk_stack_set_visible_child_name (self->state, importing ? "busy" : has_data ? "filled" : "empty");
}

static void
update_progress (PcnDataPage *self)
{
  double fraction;

  g_object_get (self->session, "import-fraction", &fraction, NULL);
  if (fraction > 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
}

static gboolean
has_text (GObject *object, const char *text)
{
  return text && text[0];
}

static void
on_cancel (PcnDataPage *self)
{
  pcn_session_cancel_import (self->session);
}

static void
bind_categories (PcnDataPage *self)
{
  GListModel *categories;

  g_object_get (self->session, "categories", &categories, NULL);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (categories);
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (on_category_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->categories, GTK_SELECTION_MODEL (selection));

  GListModel *rejects;
  g_object_get (self->session, "rejects", &rejects, NULL);
  g_autoptr (GtkNoSelection) all = gtk_no_selection_new (rejects);
  gtk_list_view_set_model (self->rejects, GTK_SELECTION_MODEL (all));
}

static void
set_session (PcnDataPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "notify::importing", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::has-data", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::import-fraction", G_CALLBACK (update_progress), self,
                             G_CONNECT_SWAPPED);
    bind_categories (self);
    update_state (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_data_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_DATA_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_data_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_DATA_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_data_page_dispose (GObject *object)
{
  g_clear_object (&PCN_DATA_PAGE (object)->session);
  G_OBJECT_CLASS (pcn_data_page_parent_class)->dispose (object);
}

static void
pcn_data_page_class_init (PcnDataPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_data_page_get_property;
  object_class->set_property = pcn_data_page_set_property;
  object_class->dispose = pcn_data_page_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_THUMBNAIL);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/data-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, content);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, flap);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, categories);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, samples);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, rejects);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, title);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, digits);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, no_digits);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
pcn_data_page_init (PcnDataPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
