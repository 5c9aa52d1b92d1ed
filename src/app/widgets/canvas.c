/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points are kept as fractions of the shorter side, from the middle, so that a drawing survives a resize. */
#include "config.h"

#include "widgets/canvas-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The pen's width as a fraction of the side: that of the strokes which digits are written with in 20 of 28 pixels. */
#define PEN_WIDTH 0.075

G_DEFINE_FINAL_TYPE (PcnCanvas, pcn_canvas, GTK_TYPE_WIDGET)

enum {
  PROP_EMPTY = 1,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_PEN_WIDTH,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum {
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
update_flag (PcnCanvas *self, gboolean *flag, gboolean value, guint prop, const char *action)
{
  if (*flag == value)
    return;
  *flag = value;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, prop == PROP_EMPTY ? !value : value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
pcn_canvas_changed (PcnCanvas *self)
{
  update_flag (self, &self->empty, pcn_ink_is_empty (self->ink), PROP_EMPTY, "canvas.clear");
  update_flag (self, &self->can_undo, pcn_ink_can_undo (self->ink), PROP_CAN_UNDO, "canvas.undo");
  update_flag (self, &self->can_redo, pcn_ink_can_redo (self->ink), PROP_CAN_REDO, "canvas.redo");
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

double
pcn_canvas_get_side (PcnCanvas *self, double *left, double *top)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double side = MAX (MIN (width, height), 1);

  *left = (width - side) / 2;
  *top = (height - side) / 2;
  return side;
}

static void
paint_hint (PcnCanvas *self, GtkSnapshot *snapshot, const GdkRGBA *colour)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self)), w, h;
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), _ ("Draw a digit here"));
  GdkRGBA faint = *colour;

  if (!adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
    faint.alpha = 0.6f;
  pango_layout_set_width (layout, (int) (width * 0.8) * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &w, &h);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) width * 0.1f, (float) (height - h) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &faint);
  gtk_snapshot_restore (snapshot);
}

static void
pcn_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnCanvas *self = PCN_CANVAS (widget);
  PcnInkLook look = { .pen = PEN_WIDTH * self->pen_width };

  look.side = pcn_canvas_get_side (self, &look.left, &look.top);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &look.colour);
  if (self->empty && !self->pen_shown)
    paint_hint (self, snapshot, &look.colour);
  pcn_ink_painter_snapshot (self->painter, self->ink, &look, snapshot);
  if (self->pen_shown)
    pcn_ink_paint_pen (&look, self->pen_x, self->pen_y, self->pen_down, snapshot);
}

static GtkSizeRequestMode
pcn_canvas_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pcn_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  *minimum = 160;
  *natural = 340;
  /* A square where there is room; on a phone lower, so that the answer below it stays in sight. */
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *minimum = *natural = for_size > 340 ? for_size : CLAMP (for_size * 2 / 3, 160, 230);
}

const NnStrokes *
pcn_canvas_get_strokes (PcnCanvas *self)
{
  g_return_val_if_fail (PCN_IS_CANVAS (self), NULL);
  return pcn_ink_get_strokes (self->ink);
}

gboolean
pcn_canvas_get_empty (PcnCanvas *self)
{
  g_return_val_if_fail (PCN_IS_CANVAS (self), TRUE);
  return self->empty;
}

NnStrokePen
pcn_canvas_get_pen (PcnCanvas *self)
{
  NnStrokePen pen = NN_STROKE_PEN_DEFAULT;

  g_return_val_if_fail (PCN_IS_CANVAS (self), pen);
  pen.width *= (float) (self->pen_width * pcn_ink_get_mean_width (self->ink));
  return pen;
}

void
pcn_canvas_clear (PcnCanvas *self)
{
  g_return_if_fail (PCN_IS_CANVAS (self));

  self->pen_down = FALSE;
  pcn_ink_clear (self->ink);
  pcn_canvas_changed (self);
}

void
pcn_canvas_undo (PcnCanvas *self)
{
  g_return_if_fail (PCN_IS_CANVAS (self));

  self->pen_down = FALSE;
  if (pcn_ink_undo (self->ink))
    pcn_canvas_changed (self);
}

void
pcn_canvas_redo (PcnCanvas *self)
{
  g_return_if_fail (PCN_IS_CANVAS (self));

  self->pen_down = FALSE;
  if (pcn_ink_redo (self->ink))
    pcn_canvas_changed (self);
}

void
pcn_canvas_share (PcnCanvas *self, PcnCanvas *other)
{
  g_return_if_fail (PCN_IS_CANVAS (self) && PCN_IS_CANVAS (other));

  pcn_ink_unref (self->ink);
  self->ink = pcn_ink_ref (other->ink);
  g_clear_pointer (&self->painter, pcn_ink_painter_free);
  self->painter = pcn_ink_painter_new ();
  g_object_bind_property (other, "pen-width", self, "pen-width", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

/* Another canvas may have been drawn on meanwhile. */
static void
pcn_canvas_map (GtkWidget *widget)
{
  pcn_canvas_changed (PCN_CANVAS (widget));
  GTK_WIDGET_CLASS (pcn_canvas_parent_class)->map (widget);
}

static void
on_clear (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_canvas_clear (PCN_CANVAS (widget));
}

static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_canvas_undo (PCN_CANVAS (widget));
}

static void
on_redo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_canvas_redo (PCN_CANVAS (widget));
}

static void
set_pen_width (PcnCanvas *self, double width)
{
  if (self->pen_width == width)
    return;
  self->pen_width = width;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PEN_WIDTH]);
  if (!self->empty)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
pcn_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnCanvas *self = PCN_CANVAS (object);

  switch (id) {
  case PROP_EMPTY:
    g_value_set_boolean (value, self->empty);
    break;
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, self->can_undo);
    break;
  case PROP_CAN_REDO:
    g_value_set_boolean (value, self->can_redo);
    break;
  case PROP_PEN_WIDTH:
    g_value_set_double (value, self->pen_width);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_canvas_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PEN_WIDTH)
    set_pen_width (PCN_CANVAS (object), g_value_get_double (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_canvas_finalize (GObject *object)
{
  pcn_ink_unref (PCN_CANVAS (object)->ink);
  pcn_ink_painter_free (PCN_CANVAS (object)->painter);
  G_OBJECT_CLASS (pcn_canvas_parent_class)->finalize (object);
}

static void
pcn_canvas_class_init (PcnCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_canvas_get_property;
  object_class->set_property = pcn_canvas_set_property;
  object_class->finalize = pcn_canvas_finalize;
  widget_class->snapshot = pcn_canvas_snapshot;
  widget_class->map = pcn_canvas_map;
  widget_class->measure = pcn_canvas_measure;
  widget_class->get_request_mode = pcn_canvas_get_request_mode;
  props[PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, TRUE, ro);
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, ro);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, ro);
  props[PROP_PEN_WIDTH] = g_param_spec_double ("pen-width", NULL, NULL, 0.4, 2, 1, ro | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "canvas.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "canvas.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "canvas.redo", NULL, on_redo);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "canvas.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_y, GDK_CONTROL_MASK, "canvas.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_BackSpace, 0, "canvas.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "canvas.clear", NULL);
}

static void
pcn_canvas_init (PcnCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->ink = pcn_ink_new ();
  self->painter = pcn_ink_painter_new ();
  self->pen_width = 1;
  self->empty = TRUE;
  self->pen_x = self->pen_y = 0.5;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "crosshair");
  gtk_widget_action_set_enabled (widget, "canvas.clear", FALSE);
  gtk_widget_action_set_enabled (widget, "canvas.undo", FALSE);
  gtk_widget_action_set_enabled (widget, "canvas.redo", FALSE);
  pcn_canvas_add_controllers (self);
}
