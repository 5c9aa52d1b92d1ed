/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/network-drawing.h"

#include "net/graph.h"

#include <math.h>

#define WIDTH 88
#define HEIGHT 56
#define GAP 4
#define RADIUS 2.5
#define N_CLASSES 10

struct _PcnNetworkDrawing {
  GtkWidget parent_instance;
  NnGraph *graph;
};

G_DEFINE_FINAL_TYPE (PcnNetworkDrawing, pcn_network_drawing, GTK_TYPE_WIDGET)

/* Layers that change nothing about the shape would only repeat the slab before them. */
static gboolean
is_drawn (const NnNode *node)
{
  return node->index == 0
         || (!g_str_equal (node->op->id, "flatten")
             && !nn_shape_equal (&node->shape, &node->inputs[0]->shape));
}

static void
get_slab (const NnNode *node, double largest, double *width, double *height)
{
  const NnShape *shape = &node->shape;

  if (shape->rank == 1) {
    *width = 5;
    *height = CLAMP (log2 (shape->dims[0] + 1) / 9, 0.25, 1) * HEIGHT;
  } else {
    *width = 3 + 1.6 * log2 (shape->dims[shape->rank - 1]);
    *height = MAX (sqrt (shape->dims[0] / largest), 0.15) * HEIGHT;
  }
}

static void
draw_slab (cairo_t *cr, double x, double width, double height)
{
  double y = (HEIGHT - height) / 2, r = RADIUS;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
pcn_network_drawing_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnNetworkDrawing *self = PCN_NETWORK_DRAWING (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), total = -GAP, w, h;
  GdkRGBA colour;

  if (!self->graph)
    return;
  double largest = nn_graph_get_input_shape (self->graph)->dims[0];
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++)
    if (is_drawn (nn_graph_get_node (self->graph, i))) {
      get_slab (nn_graph_get_node (self->graph, i), largest, &w, &h);
      total += w + GAP;
    }
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_translate (cr, width / 2, (height - HEIGHT) / 2);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    cairo_scale (cr, -1, 1);
  if (total > width)
    cairo_scale (cr, width / total, 1);
  double x = -total / 2;
  for (guint i = 0, n = nn_graph_get_n_nodes (self->graph); i < n; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    if (!is_drawn (node))
      continue;
    get_slab (node, largest, &w, &h);
    cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue,
                           colour.alpha
                               * (i == 0       ? 0.25
                                  : i + 1 == n ? 1
                                               : 0.55));
    draw_slab (cr, x, w, h);
    x += w + GAP;
  }
  cairo_destroy (cr);
}

static void
pcn_network_drawing_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
pcn_network_drawing_finalize (GObject *object)
{
  g_clear_pointer (&PCN_NETWORK_DRAWING (object)->graph, nn_graph_unref);
  G_OBJECT_CLASS (pcn_network_drawing_parent_class)->finalize (object);
}

static void
pcn_network_drawing_class_init (PcnNetworkDrawingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pcn_network_drawing_finalize;
  widget_class->snapshot = pcn_network_drawing_snapshot;
  widget_class->measure = pcn_network_drawing_measure;
  gtk_widget_class_set_css_name (widget_class, "networkdrawing");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pcn_network_drawing_init (PcnNetworkDrawing *self)
{
}

GtkWidget *
pcn_network_drawing_new (const char *preset)
{
  PcnNetworkDrawing *self = g_object_new (PCN_TYPE_NETWORK_DRAWING, NULL);

  self->graph = nn_graph_new_from_preset (preset, NULL, N_CLASSES, NULL);
  return GTK_WIDGET (self);
}
