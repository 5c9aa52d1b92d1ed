/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/inside-view.h"
#include "settings.h"
#include "widgets/columns.h"
#include "widgets/feature-maps.h"
#include "widgets/seen.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

/* While the network learns, its maps change without anybody drawing. */
#define REFRESH_MS 200

struct _PcnInsideView {
  AdwBin parent_instance;
  GtkStack *input, *content;
  PcnCanvas *canvas;
  PcnSeen *seen;
  GtkDropDown *layers;
  PcnFeatureMaps *maps, *large, *filters;
  GtkLabel *large_name;
  GtkWidget *large_box, *filters_box;
  PcnSession *session;
  GArray *nodes; /* guint: of the graph, in the order of the dropdown */
  int selected;
  guint refresh;
};

G_DEFINE_FINAL_TYPE (PcnInsideView, pcn_inside_view, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static gboolean
is_shown (PcnInsideView *self)
{
  return self->session && gtk_widget_get_mapped (GTK_WIDGET (self));
}

/* The picture that the user classified last, for networks that take no drawings. */
static void
send_file (PcnInsideView *self)
{
  PcnClassification *classification = pcn_session_get_classification (self->session);
  GListModel *rows = pcn_classification_get_rows (classification);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++) {
    g_autoptr (PcnClassified) row = g_list_model_get_item (rows, i);
    if (pcn_classified_get_class (row) >= 0) {
      pcn_inside_set_file (pcn_session_get_inside (self->session), pcn_classified_get_path (row));
      return;
    }
  }
}

static void
send_input (PcnInsideView *self)
{
  guint8 pixels[NN_DIGIT_SIZE * NN_DIGIT_SIZE];
  PcnInside *inside = self->session ? pcn_session_get_inside (self->session) : NULL;

  if (!is_shown (self))
    return;
  gboolean draws = pcn_session_takes_digits (self->session);
  gtk_stack_set_visible_child_name (self->input, draws ? "draw" : "picture");
  if (!draws) {
    send_file (self);
  } else if (pcn_canvas_get_empty (self->canvas)) {
    pcn_inside_set_pixels (inside, NULL, 0);
  } else {
    NnStrokePen pen = pcn_canvas_get_pen (self->canvas);
    nn_strokes_render (pcn_canvas_get_strokes (self->canvas), &pen, pixels);
    pcn_inside_set_pixels (inside, pixels, sizeof pixels);
  }
}

static void
show_large (PcnInsideView *self, const float *maps, const NnMaps *shape)
{
  gboolean any = maps && self->selected >= 0 && (guint) self->selected < shape->n && shape->n > 1;

  gtk_widget_set_visible (self->large_box, any);
  if (!any)
    return;
  gsize size = (gsize) shape->height * shape->width;
  /* Translators: one of the many pictures that a layer gives */
  g_autofree char *name = g_strdup_printf (_ ("Map %d of %u"), self->selected + 1, shape->n);
  gtk_label_set_label (self->large_name, name);
  pcn_feature_maps_set (self->large, maps + size * (gsize) self->selected, 1, shape->height, shape->width, 1,
                        PCN_FEATURE_ACTIVATION);
}

static void
show_maps (PcnInsideView *self)
{
  PcnInside *inside = pcn_session_get_inside (self->session);
  NnMaps shape, filter_shape;
  const float *maps = pcn_inside_get_maps (inside, &shape),
              *filters = pcn_inside_get_filters (inside, &filter_shape);
  guint height, width, channels;

  if (!is_shown (self))
    return;
  gtk_stack_set_visible_child_name (self->content, maps ? "maps" : "empty");
  pcn_feature_maps_set (self->maps, maps, shape.n, shape.height, shape.width, 1, PCN_FEATURE_ACTIVATION);
  show_large (self, maps, &shape);
  gtk_widget_set_visible (self->filters_box, filters != NULL);
  pcn_feature_maps_set (self->filters, filters, filter_shape.n, filter_shape.height, filter_shape.width,
                        MAX (filter_shape.channels, 1), PCN_FEATURE_FILTER);
  if (pcn_inside_get_pixels (inside) && pcn_session_get_input (self->session, &height, &width, &channels))
    pcn_seen_set_pixels (self->seen, pcn_inside_get_pixels (inside), height, width, channels);
  else
    pcn_seen_set_pixels (self->seen, NULL, 0, 0, 1);
}

static void
on_tile (PcnInsideView *self, guint index)
{
  self->selected = self->selected == (int) index ? -1 : (int) index;
  show_maps (self);
}

static void
on_layer (PcnInsideView *self)
{
  guint selected = gtk_drop_down_get_selected (self->layers);

  if (!self->session || selected >= self->nodes->len)
    return;
  self->selected = -1;
  pcn_feature_maps_select (self->maps, -1);
  pcn_inside_set_node (pcn_session_get_inside (self->session), g_array_index (self->nodes, guint, selected));
}

static void
fill_layers (PcnInsideView *self)
{
  NnGraph *graph = pcn_inside_get_graph (pcn_session_get_inside (self->session));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_array_set_size (self->nodes, 0);
  for (guint i = 0; graph && i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    if (!nn_inspection_is_worth_showing (node))
      continue;
    g_autofree char *shape = nn_shape_to_string (&node->shape);
    g_autofree char *text = g_strdup_printf ("%s · %s", node->name, shape);
    gtk_string_list_append (names, text);
    g_array_append_val (self->nodes, i);
  }
  gtk_drop_down_set_model (self->layers, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->layers, 0);
  on_layer (self);
}

static void
on_model_changed (PcnInsideView *self)
{
  if (!is_shown (self))
    return;
  fill_layers (self);
  send_input (self);
  show_maps (self);
}

static void
on_clear (PcnInsideView *self)
{
  pcn_canvas_clear (self->canvas);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

void
pcn_inside_view_share (PcnInsideView *self, PcnCanvas *canvas)
{
  g_return_if_fail (PCN_IS_INSIDE_VIEW (self));
  pcn_canvas_share (self->canvas, canvas);
}

static gboolean
on_refresh (gpointer data)
{
  PcnInsideView *self = PCN_INSIDE_VIEW (data);

  if (pcn_run_get_active (pcn_session_get_run (self->session)))
    pcn_inside_refresh (pcn_session_get_inside (self->session));
  return G_SOURCE_CONTINUE;
}

static void
set_session (PcnInsideView *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::device", G_CALLBACK (send_input), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (pcn_session_get_inside (session), "changed", G_CALLBACK (show_maps), self,
                             G_CONNECT_SWAPPED);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_inside_view_map (GtkWidget *widget)
{
  PcnInsideView *self = PCN_INSIDE_VIEW (widget);

  GTK_WIDGET_CLASS (pcn_inside_view_parent_class)->map (widget);
  self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
  on_model_changed (self);
}

static void
pcn_inside_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&PCN_INSIDE_VIEW (widget)->refresh, g_source_remove);
  GTK_WIDGET_CLASS (pcn_inside_view_parent_class)->unmap (widget);
}

static void
pcn_inside_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_INSIDE_VIEW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_inside_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_INSIDE_VIEW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_inside_view_dispose (GObject *object)
{
  PcnInsideView *self = PCN_INSIDE_VIEW (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->session);
  g_clear_pointer (&self->nodes, g_array_unref);
  G_OBJECT_CLASS (pcn_inside_view_parent_class)->dispose (object);
}

static void
pcn_inside_view_class_init (PcnInsideViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_inside_view_get_property;
  object_class->set_property = pcn_inside_view_set_property;
  object_class->dispose = pcn_inside_view_dispose;
  widget_class->map = pcn_inside_view_map;
  widget_class->unmap = pcn_inside_view_unmap;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_CANVAS);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_FEATURE_MAPS);
  g_type_ensure (PCN_TYPE_SEEN);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/inside-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, input);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, content);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, canvas);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, seen);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, layers);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, maps);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, large);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, filters);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, large_name);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, large_box);
  gtk_widget_class_bind_template_child (widget_class, PcnInsideView, filters_box);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_layer);
  gtk_widget_class_bind_template_callback (widget_class, on_tile);
  gtk_widget_class_bind_template_callback (widget_class, send_input);
}

static void
pcn_inside_view_init (PcnInsideView *self)
{
  self->nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  self->selected = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->input));
  pcn_stack_tell_shown (GTK_WIDGET (self->content));
}
