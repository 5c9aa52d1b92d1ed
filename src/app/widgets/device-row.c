/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "settings.h"
#include "widgets/device-row.h"

#include <glib/gi18n.h>

struct _PcnDeviceRow {
  GtkBox parent_instance;
  GtkImage *icon, *tick;
  GtkLabel *name, *details;
  NnDevice *device;
  gboolean compact;
};

G_DEFINE_FINAL_TYPE (PcnDeviceRow, pcn_device_row, GTK_TYPE_BOX)

enum {
  PROP_DEVICE = 1,
  PROP_COMPACT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

const char *
pcn_device_kind_get_title (NnDeviceKind kind)
{
  switch (kind) {
  case NN_DEVICE_KIND_CPU:
    /* Translators: a processor */
    return _ ("CPU");
  case NN_DEVICE_KIND_GPU:
    /* Translators: a graphics card */
    return _ ("GPU");
  case NN_DEVICE_KIND_ACCELERATOR:
  default:
    /* Translators: a computing device that is neither processor nor graphics card */
    return _ ("Accelerator");
  }
}

char *
pcn_device_describe (NnDevice *device)
{
  const char *reason = nn_device_get_unusable_reason (device);

  if (reason)
    return g_strdup (reason);
  g_autofree char *memory = pcn_format_memory (nn_device_get_limits (device)->memory);
  return g_strdup_printf ("%s · %s · %s", pcn_device_kind_get_title (nn_device_get_kind (device)), memory,
                          nn_device_get_platform (device));
}

static void
set_device (PcnDeviceRow *self, NnDevice *device)
{
  if (!g_set_object (&self->device, device))
    return;
  if (device) {
    g_autofree char *text = pcn_device_describe (device);
    gboolean usable = !nn_device_get_unusable_reason (device);
    gtk_image_set_from_icon_name (self->icon, nn_device_get_kind (device) == NN_DEVICE_KIND_CPU ? "pcn-cpu-symbolic"
                                                                                                : "pcn-gpu-symbolic");
    gtk_label_set_label (self->name, nn_device_get_name (device));
    gtk_label_set_label (self->details, text);
    if (usable)
      gtk_widget_remove_css_class (GTK_WIDGET (self->name), "dim-label");
    else
      gtk_widget_add_css_class (GTK_WIDGET (self->name), "dim-label");
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DEVICE]);
}

static void
pcn_device_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnDeviceRow *self = PCN_DEVICE_ROW (object);

  if (id == PROP_DEVICE)
    g_value_set_object (value, self->device);
  else if (id == PROP_COMPACT)
    g_value_set_boolean (value, self->compact);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_device_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnDeviceRow *self = PCN_DEVICE_ROW (object);

  if (id == PROP_DEVICE)
    set_device (self, g_value_get_object (value));
  else if (id == PROP_COMPACT)
    self->compact = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_device_row_constructed (GObject *object)
{
  PcnDeviceRow *self = PCN_DEVICE_ROW (object);

  G_OBJECT_CLASS (pcn_device_row_parent_class)->constructed (object);
  gtk_widget_set_visible (GTK_WIDGET (self->details), !self->compact);
  gtk_widget_set_visible (GTK_WIDGET (self->tick), !self->compact);
  if (self->compact)
    gtk_label_set_max_width_chars (self->name, 24);
  else
    /* Wide enough for most names, and for a phone. */
    gtk_widget_set_size_request (GTK_WIDGET (self), 300, -1);
}

static void
pcn_device_row_dispose (GObject *object)
{
  g_clear_object (&PCN_DEVICE_ROW (object)->device);
  G_OBJECT_CLASS (pcn_device_row_parent_class)->dispose (object);
}

static void
pcn_device_row_class_init (PcnDeviceRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->constructed = pcn_device_row_constructed;
  object_class->get_property = pcn_device_row_get_property;
  object_class->set_property = pcn_device_row_set_property;
  object_class->dispose = pcn_device_row_dispose;
  props[PROP_DEVICE]
      = g_param_spec_object ("device", NULL, NULL, NN_TYPE_DEVICE, rw | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, rw | G_PARAM_CONSTRUCT_ONLY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/device-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceRow, tick);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceRow, name);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceRow, details);
}

static void
pcn_device_row_init (PcnDeviceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Ticks the row of the device that is selected, as GtkDropDown's own rows do. */
static void
update_tick (GtkDropDown *drop_down, GParamSpec *pspec, GtkListItem *item)
{
  PcnDeviceRow *row = PCN_DEVICE_ROW (gtk_list_item_get_child (item));
  gboolean selected = gtk_drop_down_get_selected_item (drop_down) == gtk_list_item_get_item (item);

  gtk_widget_set_opacity (GTK_WIDGET (row->tick), selected ? 1 : 0);
}

static void
on_setup_button (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer narrow)
{
  PcnDeviceRow *row = g_object_new (PCN_TYPE_DEVICE_ROW, "compact", TRUE, NULL);

  gtk_widget_set_visible (GTK_WIDGET (row->name), !GPOINTER_TO_INT (narrow));
  gtk_list_item_set_child (item, GTK_WIDGET (row));
}

static void
on_setup_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, g_object_new (PCN_TYPE_DEVICE_ROW, NULL));
}

static void
bind_device (GtkListItem *item)
{
  NnDevice *device = gtk_list_item_get_item (item);
  gboolean usable = !nn_device_get_unusable_reason (device);

  g_object_set (gtk_list_item_get_child (item), "device", device, NULL);
  gtk_list_item_set_activatable (item, usable);
  gtk_list_item_set_selectable (item, usable);
}

static void
on_bind_button (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  bind_device (item);
}

static void
on_bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  bind_device (item);
  g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (update_tick), item);
  update_tick (drop_down, NULL, item);
}

static void
on_unbind_row (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  g_signal_handlers_disconnect_by_func (drop_down, update_tick, item);
}

void
pcn_device_row_set_drop_down_narrow (GtkDropDown *drop_down, gboolean narrow)
{
  g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();

  g_signal_connect (button, "setup", G_CALLBACK (on_setup_button), GINT_TO_POINTER (narrow));
  g_signal_connect (button, "bind", G_CALLBACK (on_bind_button), drop_down);
  gtk_drop_down_set_factory (drop_down, button);
}

/* GTK's word for "nothing selected" would keep the window from being as narrow as a phone. */
static void
let_labels_shrink (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_END);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    let_labels_shrink (child);
}

void
pcn_device_row_setup_drop_down (GtkDropDown *drop_down)
{
  g_autoptr (GtkListItemFactory) list = gtk_signal_list_item_factory_new ();

  let_labels_shrink (gtk_widget_get_first_child (GTK_WIDGET (drop_down)));
  g_signal_connect (list, "setup", G_CALLBACK (on_setup_row), NULL);
  g_signal_connect_object (list, "bind", G_CALLBACK (on_bind_row), drop_down, 0);
  g_signal_connect_object (list, "unbind", G_CALLBACK (on_unbind_row), drop_down, 0);
  gtk_drop_down_set_list_factory (drop_down, list);
  pcn_device_row_set_drop_down_narrow (drop_down, FALSE);
}
