/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Receptive fields against the network itself: which pixels change a unit when they change. */
#include "net/model.h"
#include "net/receptive-field.h"

#include <string.h>

#define NET(h, w, layers) \
  "{\"format\":1,\"input\":{\"height\":" #h ",\"width\":" #w ",\"channels\":1},\"layers\":[" layers \
  ",{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":\"classes\"}]}"
#define CONV(more) "{\"op\":\"conv2d\",\"filters\":1," more "}"
#define MAX_POOL(more) "{\"op\":\"max_pool\"," more "}"
#define AVG_POOL(more) "{\"op\":\"avg_pool\"," more "}"

static const char *const nets[] = {
  /* Same, an odd pixel of padding at the end. */
  NET (21, 24, CONV ("\"kernel\":3,\"stride\":2") "," CONV ("\"kernel\":[4,2]")),
  NET (30, 31, CONV ("\"kernel\":[5,4],\"stride\":3") "," CONV ("\"kernel\":3,\"stride\":[1,2]")),
  /* Valid, and padding by numbers. */
  NET (23, 26, CONV ("\"kernel\":3,\"padding\":\"valid\"") "," CONV ("\"kernel\":[5,3],\"stride\":3,\"padding\":\"valid\"")),
  NET (20, 20, CONV ("\"kernel\":4,\"padding\":\"explicit\",\"pads_begin\":[3,0],\"pads_end\":[0,2]") "," CONV ("\"kernel\":3")),
  /* Pooling, with a stride of its own and without. */
  NET (28, 28, CONV ("\"kernel\":3") "," MAX_POOL ("\"size\":2") "," CONV ("\"kernel\":3") "," MAX_POOL ("\"size\":2")),
  NET (27, 25, AVG_POOL ("\"size\":3,\"stride\":2,\"padding\":\"same\"") "," CONV ("\"kernel\":3") "," AVG_POOL ("\"size\":[2,3]")),
  NET (26, 26, MAX_POOL ("\"size\":2,\"stride\":3") "," CONV ("\"kernel\":2,\"padding\":\"same\"")),
  /* Two branches of different width, then more. */
  NET (22, 22, "{\"op\":\"conv2d\",\"name\":\"a\",\"filters\":1,\"kernel\":2,\"stride\":2},"
       "{\"op\":\"conv2d\",\"name\":\"b\",\"filters\":1,\"kernel\":[3,4]},"
       "{\"op\":\"add\",\"name\":\"c\",\"inputs\":[\"a\",\"b\"]}," CONV ("\"kernel\":2")),
  /* Branches beside each other: neither field lies within the other. */
  NET (16, 16, "{\"op\":\"conv2d\",\"name\":\"a\",\"filters\":1,\"kernel\":2,\"padding\":\"explicit\",\"pads_begin\":1},"
       "{\"op\":\"conv2d\",\"name\":\"b\",\"filters\":1,\"kernel\":2,\"padding\":\"explicit\",\"pads_end\":1,\"inputs\":[\"input\"]},"
       "{\"op\":\"add\",\"inputs\":[\"a\",\"b\"]}," CONV ("\"kernel\":3,\"stride\":3")),
};

static NnGraph *
make_graph (const char *json)
{
  g_autoptr (GError) error = NULL;
  NnGraph *graph = nn_graph_new_from_json (json, -1, NULL, 2, &error);
  g_assert_no_error (error);
  return graph;
}

/* Positive weights: nothing cancels out, so that every pixel that a unit sees changes it. */
static NnModel *
make_model (NnGraph *graph)
{
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 1);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (gsize k = 0; node->n_params > 0 && k < nn_shape_size (&node->params[0].shape); k++)
      nn_model_get_param (model, i, 0)[k] = 0.5f;
  }
  return model;
}

/* Along one dimension: the rows (or columns) of the picture that change each unit. @seen: [units][extent] */
static void
find_seen (NnModel *model, guint index, guint d, gboolean *seen)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *picture = nn_graph_get_input_shape (graph), *shape = &nn_graph_get_node (graph, index)->shape;
  gsize n = nn_shape_size (picture), n_out = nn_shape_size (shape);
  g_autofree float *x = g_new0 (float, n);
  g_autofree double *before = nn_model_ref_run_node (model, index, 1, x);
  for (guint line = 0; line < picture->dims[d]; line++) {
    for (gsize i = 0; i < n; i++)
      x[i] = (d == 0 ? i / picture->dims[1] : i % picture->dims[1]) == line ? 1 : 0;
    g_autofree double *after = nn_model_ref_run_node (model, index, 1, x);
    for (gsize i = 0; i < n_out; i++)
      if (before[i] != after[i]) {
        gsize unit = d == 0 ? i / shape->dims[2] / shape->dims[1] : i / shape->dims[2] % shape->dims[1];
        seen[unit * picture->dims[d] + line] = TRUE;
      }
  }
}

static void
check_unit (const NnReceptiveField *field, guint d, guint unit, const gboolean *seen, int extent, guint *n_exact)
{
  int from, to, first = -1, last = -1;
  nn_receptive_field_get_span (field, d, unit, &from, &to);
  for (int i = 0; i < extent; i++)
    if (seen[i]) {
      first = first < 0 ? i : first;
      last = i;
    }
  g_assert_cmpint (first, >=, MAX (from, 0));
  g_assert_cmpint (last, <, MIN (to, extent));
  if (from < 0 || to > extent)
    return;
  g_assert_cmpint (first, ==, from);
  g_assert_cmpint (last + 1, ==, to);
  (*n_exact)++;
}

static void
test_brute_force (void)
{
  for (guint k = 0; k < G_N_ELEMENTS (nets); k++) {
    g_autoptr (NnGraph) graph = make_graph (nets[k]);
    g_autoptr (NnModel) model = make_model (graph);
    g_autofree NnReceptiveField *fields = nn_receptive_fields_new (graph);
    const NnShape *picture = nn_graph_get_input_shape (graph);
    for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
      for (guint d = 0; d < 2 && !fields[i].whole; d++) {
        guint extent = picture->dims[d], n_exact = 0;
        g_autofree gboolean *seen = g_new0 (gboolean, (gsize) fields[i].units[d] * extent);
        find_seen (model, i, d, seen);
        for (guint unit = 0; unit < fields[i].units[d]; unit++)
          check_unit (&fields[i], d, unit, seen + (gsize) unit * extent, (int) extent, &n_exact);
        g_assert_cmpuint (n_exact, >, 0);
        int from, to;
        nn_receptive_field_get_middle (&fields[i], d, &from, &to);
        g_assert_true (from >= 0 && to <= (int) extent);
      }
  }
}

/* The numbers of a net that is easy to follow by hand. */
static void
test_known (void)
{
  static const guint sides[] = { 1, 3, 4, 8, 10 }, jumps[] = { 1, 1, 2, 2, 4 }; /* conv 3, pool 2, conv 3, pool 2 */
  static const int starts[] = { 0, -1, -1, -3, -3 };
  g_autoptr (NnGraph) graph = make_graph (nets[4]);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    NnReceptiveField field = nn_receptive_field (graph, i);
    g_assert_false (field.whole);
    for (guint d = 0; d < 2; d++) {
      g_assert_cmpuint (field.size[d], ==, sides[i]);
      g_assert_cmpuint (field.jump[d], ==, jumps[i]);
      g_assert_cmpint (field.start[d], ==, starts[i]);
      g_assert_cmpfloat (field.centre[d], ==, starts[i] + sides[i] / 2.0);
    }
  }
  NnReceptiveField last = nn_receptive_field (graph, nn_graph_get_n_nodes (graph) - 1);
  g_assert_true (last.whole);
  g_assert_cmpuint (last.size[0], ==, 28);
  g_assert_cmpint (last.start[0], ==, 0);
}

/* Sixty sums of a layer with itself have 2^60 paths; strides that multiply past any number. */
static void
test_deep (void)
{
  g_autoptr (GString) adds = g_string_new ("{\"op\":\"conv2d\",\"name\":\"n0\",\"filters\":1,\"kernel\":3}");
  for (guint i = 1; i <= 60; i++)
    g_string_append_printf (adds, ",{\"op\":\"add\",\"name\":\"n%u\",\"inputs\":[\"n%u\",\"n%u\"]}", i, i - 1, i - 1);
  g_autofree char *json = g_strdup_printf (NET (9, 9, "%s"), adds->str);
  g_autoptr (NnGraph) sums = make_graph (json);
  g_assert_cmpuint (nn_receptive_field (sums, 61).size[0], ==, 3);
  g_assert_cmpint (nn_receptive_field (sums, 61).start[0], ==, -1);
  g_autoptr (GString) pools = g_string_new (AVG_POOL ("\"size\":15,\"stride\":64,\"padding\":\"same\""));
  for (guint i = 0; i < 20; i++)
    g_string_append (pools, "," AVG_POOL ("\"size\":15,\"stride\":64,\"padding\":\"same\""));
  g_autofree char *far = g_strdup_printf (NET (9, 9, "%s"), pools->str);
  g_autoptr (NnGraph) strides = make_graph (far);
  g_assert_cmpuint (nn_receptive_field (strides, 21).size[0], >, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/receptive-field/brute-force", test_brute_force);
  g_test_add_func ("/receptive-field/known", test_known);
  g_test_add_func ("/receptive-field/deep", test_deep);
  return g_test_run ();
}
