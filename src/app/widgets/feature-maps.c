/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All tiles travel to the screen as one texture, made when the next frame is drawn: values that come faster
 * than frames cost a copy only.
 */
#include "config.h"

#include "widgets/feature-maps.h"
#include "widgets/listen.h"
#include "widgets/paint.h"

#include <glib/gi18n.h>

#define GAP 4
#define TILE_SIZE 56
/* Values may change with each frame, but screen readers read each change aloud: not more often than this. */
#define DESCRIBE_INTERVAL_MS 700

struct _PcnFeatureMaps {
  GtkWidget parent_instance;
  float *values;
  gsize n_allocated;
  guint n, h, w, channels;
  PcnFeatureStyle style;
  int tile_size, hover, selected;
  PcnFeatureGrid grid;
  GdkTexture *texture;
  guint describe_source;
};

G_DEFINE_FINAL_TYPE (PcnFeatureMaps, pcn_feature_maps, GTK_TYPE_WIDGET)

enum { PROP_TILE_SIZE = 1, PROP_SELECTED, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { TILE_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update_description (PcnFeatureMaps *self)
{
  g_autofree char *text = NULL;

  if (self->n == 0)
    text = g_strdup (_ ("Nothing yet"));
  else if (self->selected >= 0)
    text = pcn_feature_words (self->values, self->h, self->w, self->channels, (guint) self->selected);
  else
    /* Translators: what a convolution answers: number of channels, columns and rows of each */
    text = g_strdup_printf (
        ngettext ("%u channel of %u by %u values", "%u channels of %u by %u values", self->n), self->n,
        self->w, self->h);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_describe (gpointer data)
{
  PcnFeatureMaps *self = data;

  self->describe_source = 0;
  update_description (self);
  return G_SOURCE_REMOVE;
}

void
pcn_feature_maps_select (PcnFeatureMaps *self, int index)
{
  g_return_if_fail (PCN_IS_FEATURE_MAPS (self));

  if (index < 0 || index >= (int) self->n)
    index = -1;
  if (self->selected == index)
    return;
  self->selected = index;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

void
pcn_feature_maps_set (PcnFeatureMaps *self, const float *values, guint n, guint h, guint w, guint channels,
                      PcnFeatureStyle style)
{
  g_return_if_fail (PCN_IS_FEATURE_MAPS (self));
  g_return_if_fail (channels == 1 || channels == 3 || !values);

  if (!values || h == 0 || w == 0)
    n = 0;
  gboolean resized = n != self->n || (n > 0 && (h != self->h || w != self->w));
  gsize size = (gsize) n * h * w * channels;
  if (size > self->n_allocated) {
    g_free (self->values);
    self->values = g_new (float, size);
    self->n_allocated = size;
  }
  if (n > 0)
    memcpy (self->values, values, size * sizeof *values);
  self->n = n;
  self->h = h;
  self->w = w;
  self->channels = channels;
  self->style = style;
  g_clear_object (&self->texture);
  if (resized) {
    self->hover = -1;
    if (self->selected >= (int) n)
      pcn_feature_maps_select (self, -1);
    update_description (self);
    gtk_widget_queue_resize (GTK_WIDGET (self));
  } else if (self->selected >= 0 && self->describe_source == 0) {
    self->describe_source = g_timeout_add (DESCRIBE_INTERVAL_MS, on_describe, self);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* In pixels of the screen, so that a value's edges stay sharp on a dense one. */
static PcnFeatureGrid
fit_grid (PcnFeatureMaps *self, int width)
{
  guint dense = (guint) gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return pcn_feature_grid_fit (self->n, self->h, self->w, (guint) MAX (width, 1) * dense,
                               (guint) self->tile_size * dense, GAP * dense);
}

static double
get_offset (PcnFeatureMaps *self)
{
  guint width, height, dense = (guint) gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (gtk_widget_get_direction (GTK_WIDGET (self)) != GTK_TEXT_DIR_RTL)
    return 0;
  /* The grid stands at the side where reading begins. */
  pcn_feature_grid_size (&self->grid, &width, &height);
  return gtk_widget_get_width (GTK_WIDGET (self)) - (double) width / dense;
}

static void
update_texture (PcnFeatureMaps *self)
{
  guint width, height;

  PcnFeatureGrid grid = fit_grid (self, gtk_widget_get_width (GTK_WIDGET (self)));
  if (self->texture && memcmp (&grid, &self->grid, sizeof grid) == 0)
    return;
  self->grid = grid;
  pcn_feature_grid_size (&grid, &width, &height);
  gsize stride = (gsize) width * sizeof (guint32), size = stride * height;
  guint32 *pixels = g_malloc (size);
  pcn_feature_grid_paint (&grid, self->values, self->h, self->w, self->channels, self->style, pixels);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);
  g_clear_object (&self->texture);
  self->texture = gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_DEFAULT, bytes, stride);
}

static graphene_rect_t
get_tile_area (PcnFeatureMaps *self, int index)
{
  const PcnFeatureGrid *grid = &self->grid;
  float dense = (float) gtk_widget_get_scale_factor (GTK_WIDGET (self));
  guint column = (guint) index % grid->columns, row = (guint) index / grid->columns;

  return GRAPHENE_RECT_INIT ((float) get_offset (self) + column * (grid->tile_width + grid->gap) / dense,
                             row * (grid->tile_height + grid->gap) / dense, grid->tile_width / dense,
                             grid->tile_height / dense);
}

static void
snapshot_frame (PcnFeatureMaps *self, GtkSnapshot *snapshot, int index, const GdkRGBA *colour)
{
  graphene_rect_t area = get_tile_area (self, index);
  GskRoundedRect outline;

  graphene_rect_inset (&area, -2, -2);
  gsk_rounded_rect_init_from_rect (&outline, &area, 3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ *colour, *colour, *colour, *colour });
}

static void
pcn_feature_maps_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (widget);
  float dense = (float) gtk_widget_get_scale_factor (widget);
  PcnPaintColours colours;

  if (self->n == 0 || gtk_widget_get_width (widget) < 1)
    return;
  update_texture (self);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) get_offset (self), 0,
                                                    (float) gdk_texture_get_width (self->texture) / dense,
                                                    (float) gdk_texture_get_height (self->texture) / dense));
  pcn_paint_lookup_colours (widget, &colours);
  if (self->hover >= 0 && self->hover != self->selected)
    snapshot_frame (self, snapshot, self->hover, &colours.text);
  if (self->selected >= 0)
    snapshot_frame (self, snapshot, self->selected, &colours.accent);
}

static GtkSizeRequestMode
pcn_feature_maps_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pcn_feature_maps_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (widget);
  guint width, height, dense = (guint) gtk_widget_get_scale_factor (widget);

  if (self->n == 0) {
    *minimum = *natural = 0;
    return;
  }
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    /* One tile, as large as its values, is the least; eight side by side are fine. */
    *minimum = (int) self->w;
    *natural = MAX (*minimum, (int) MIN (self->n, 8) * (self->tile_size + GAP));
    return;
  }
  PcnFeatureGrid grid = fit_grid (self, for_size < 0 ? 8 * (self->tile_size + GAP) : for_size);
  pcn_feature_grid_size (&grid, &width, &height);
  *minimum = *natural = (int) ((height + dense - 1) / dense);
}

static int
get_tile_at (PcnFeatureMaps *self, double x, double y)
{
  double dense = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return self->n > 0 ? pcn_feature_grid_hit (&self->grid, (x - get_offset (self)) * dense, y * dense) : -1;
}

static void
set_hover (PcnFeatureMaps *self, int index)
{
  if (self->hover == index)
    return;
  self->hover = index;
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (PcnFeatureMaps *self, double x, double y)
{
  set_hover (self, get_tile_at (self, x, y));
}

static void
on_leave (PcnFeatureMaps *self)
{
  set_hover (self, -1);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, PcnFeatureMaps *self)
{
  int index = get_tile_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (index < 0)
    return;
  pcn_feature_maps_select (self, index);
  g_signal_emit (self, signals[TILE_ACTIVATED], 0, (guint) index);
}

static gboolean
on_key (PcnFeatureMaps *self, guint key, guint code, GdkModifierType state)
{
  int last = (int) self->n - 1, at = self->selected, columns = (int) self->grid.columns;

  if (self->n == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_space:
    if (at >= 0)
      g_signal_emit (self, signals[TILE_ACTIVATED], 0, (guint) at);
    return GDK_EVENT_STOP;
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    at = at < 0 ? 0 : at - 1;
    break;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    at = at + 1;
    break;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    at = at < 0 ? 0 : at - columns;
    break;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    at = at < 0 ? 0 : at + columns;
    break;
  case GDK_KEY_Home:
    at = 0;
    break;
  case GDK_KEY_End:
    at = last;
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  /* Past either end the arrows lead on to what stands above or below. */
  if (at < 0 || at > last)
    return GDK_EVENT_PROPAGATE;
  set_hover (self, -1);
  pcn_feature_maps_select (self, at);
  return GDK_EVENT_STOP;
}

static gboolean
pcn_feature_maps_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (widget);
  int index = keyboard ? self->selected : self->hover;

  if (index < 0 || self->n == 0)
    return FALSE;
  g_autofree char *text = pcn_feature_words (self->values, self->h, self->w, self->channels, (guint) index);
  graphene_rect_t area = get_tile_area (self, index);
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ (int) area.origin.x, (int) area.origin.y,
                                                      (int) area.size.width, (int) area.size.height });
  return TRUE;
}

static void
pcn_feature_maps_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (object);

  switch (id) {
  case PROP_TILE_SIZE:
    g_value_set_int (value, self->tile_size);
    break;
  case PROP_SELECTED:
    g_value_set_int (value, self->selected);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_feature_maps_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (object);

  switch (id) {
  case PROP_TILE_SIZE:
    self->tile_size = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_feature_maps_dispose (GObject *object)
{
  PcnFeatureMaps *self = PCN_FEATURE_MAPS (object);

  g_clear_handle_id (&self->describe_source, g_source_remove);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->values, g_free);
  self->n = 0;
  G_OBJECT_CLASS (pcn_feature_maps_parent_class)->dispose (object);
}

static void
pcn_feature_maps_class_init (PcnFeatureMapsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pcn_feature_maps_dispose;
  object_class->get_property = pcn_feature_maps_get_property;
  object_class->set_property = pcn_feature_maps_set_property;
  widget_class->snapshot = pcn_feature_maps_snapshot;
  widget_class->measure = pcn_feature_maps_measure;
  widget_class->get_request_mode = pcn_feature_maps_get_request_mode;
  widget_class->query_tooltip = pcn_feature_maps_query_tooltip;
  props[PROP_TILE_SIZE] = g_param_spec_int ("tile-size", NULL, NULL, 8, 1024, TILE_SIZE,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_SELECTED]
      = g_param_spec_int ("selected", NULL, NULL, -1, G_MAXINT, -1,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * PcnFeatureMaps::tile-activated:
   * @index: the tile
   *
   * A tile was clicked, or Enter pressed on it.
   */
  signals[TILE_ACTIVATED] = g_signal_new ("tile-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "featuremaps");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_feature_maps_init (PcnFeatureMaps *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->tile_size = TILE_SIZE;
  self->hover = self->selected = -1;
  pcn_listen (widget, G_CALLBACK (on_motion), G_CALLBACK (on_leave), G_CALLBACK (on_key));

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  pcn_paint_follow_style (widget);
  update_description (self);
}
