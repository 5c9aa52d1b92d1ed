/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of other programs: what they become says what the interpreter makes of the file itself; the rest is
 * refused by name. */
#include "networks.h"
#include "run-fixture.h"

#include "base/error.h"
#include "base/random.h"
#include "onnx/onnx-file.h"

#include <math.h>
#include <string.h>

#define BATCH 3
#define TOLERANCE 1e-5
#define X "x"

static void
softmax (guint n, double *values)
{
  double max = -INFINITY, sum = 0;
  for (guint i = 0; i < n; i++)
    max = fmax (max, values[i]);
  for (guint i = 0; i < n; i++)
    sum += exp (values[i] - max);
  for (guint i = 0; i < n; i++)
    values[i] = exp (values[i] - max) / sum;
}

/* Random pixels: for the network, and as the file wants them, [n][c][h][w] or what @rank and @hwc say. */
static NnOnnxValue *
make_pictures (NnModel *model, NnOnnxBudget *budget, guint rank, gboolean hwc, float *x)
{
  const NnShape *s = nn_graph_get_input_shape (nn_model_get_graph (model));
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  gsize h = s->dims[0], w = s->dims[1], c = s->dims[2];
  const gsize chw[] = { BATCH, c, h, w }, last[] = { BATCH, h, w, c }, row[] = { BATCH, h * w * c };
  NnOnnxValue *pictures = fixture_value (budget, rank, rank == 2 ? row : hwc ? last : chw, NULL);
  double unit = g_str_equal (nn_model_get_metadata (model, "pixels"), "0 to 1") ? 255 : 1;
  NnRandom random;
  nn_random_init (&random, 17, 2);
  for (gsize n = 0; n < BATCH; n++)
    for (gsize p = 0; p < h * w; p++)
      for (gsize k = 0; k < c; k++) {
        double value = nn_random_below (&random, 256);
        gsize ours = (n * h * w + p) * c + k, theirs = hwc ? ours : (n * c + k) * h * w + p;
        pictures->real[theirs] = value / unit;
        x[ours] = (float) ((value / 255 - preprocess->mean[k]) / preprocess->deviation[k]);
      }
  return pictures;
}

/* @raw: the file gives no probabilities. */
static void
assert_same (GBytes *bytes, NnModel *model, guint rank, gboolean hwc, gboolean raw)
{
  g_autoptr (GError) error = NULL;
  NnGraph *graph = nn_model_get_graph (model);
  guint classes = nn_graph_get_n_classes (graph);
  NnOnnxBudget budget = { (gsize) 256 << 20, 10000000000 };
  g_autofree float *x = g_new (float, BATCH *nn_shape_size (nn_graph_get_input_shape (graph)));
  g_autofree double *ours = g_new (double, BATCH *classes);
  g_autoptr (NnOnnxValue) pictures = make_pictures (model, &budget, rank, hwc, x);
  g_autoptr (NnOnnxValue) theirs = NULL;
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, "a file", NULL, &error);
  g_assert_no_error (error);
  nn_onnx_program_run (program, &budget, &pictures, NULL, &theirs, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (theirs->size, ==, BATCH * classes);
  nn_model_ref_run (model, BATCH, x, ours);
  for (guint n = 0; n < BATCH; n++) {
    softmax (classes, ours + n * classes);
    if (raw)
      softmax (classes, theirs->real + n * classes);
  }
  for (gsize i = 0; i < theirs->size; i++)
    g_assert_cmpfloat_with_epsilon (theirs->real[i], ours[i], TOLERANCE);
}

/* Our own files without what only we read. */
static GBytes *
strip (NnModel *model)
{
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes (model, NULL);
  NnOnnx__ModelProto *proto
      = nn_onnx__model_proto__unpack (NULL, g_bytes_get_size (bytes), g_bytes_get_data (bytes, NULL));
  g_assert_nonnull (proto);
  gsize n = proto->n_metadata_props;
  proto->n_metadata_props = 0;
  gsize size = nn_onnx__model_proto__get_packed_size (proto);
  guint8 *packed = g_malloc (size);
  nn_onnx__model_proto__pack (proto, packed);
  proto->n_metadata_props = n;
  nn_onnx__model_proto__free_unpacked (proto, NULL);
  return g_bytes_new_take (packed, size);
}

static void
test_own (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = test_network_new (GPOINTER_TO_UINT (data));
  g_autoptr (GBytes) bytes = strip (model);
  g_autoptr (NnModel) imported = nn_onnx_from_bytes (bytes, "a file", &error);
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const char *op = nn_graph_get_node (graph, i)->op->id;
    if (g_str_equal (op, "rnn") || g_str_equal (op, "gru") || g_str_equal (op, "lstm")) {
      g_assert_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED); /* unrolled, they aren't recognised */
      g_assert_nonnull (strstr (error->message, "“"));
      return;
    }
  }
  g_assert_no_error (error);
  g_assert_cmpstr (nn_model_get_classes (imported)[1], ==, "class 1");
  g_assert_cmpstr (nn_model_get_metadata (imported, "imported_from"), ==, "perceptron");
  assert_same (bytes, imported, 4, FALSE, FALSE);
  /* What was imported can be saved, and is the same again. */
  g_autoptr (GBytes) saved = nn_onnx_to_bytes (imported, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) again = nn_onnx_from_bytes (saved, "a file", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_graph_count_params (nn_model_get_graph (again)), ==,
                    nn_graph_count_params (nn_model_get_graph (imported)));
}

/* Graphs in the words of other exporters. */
static const char *
floats (NnOnnxWriter *w, const char *name, guint rank, const guint *dims)
{
  gsize n = 1;
  NnRandom random;
  nn_random_init (&random, g_str_hash (name), 1);
  for (guint i = 0; i < rank; i++)
    n *= dims[i];
  g_autofree float *data = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    data[i] = strstr (name, "variance") != NULL ? 0.5f + nn_random_uniform (&random)
                                                : 0.5f * nn_random_normal (&random);
  return nn_onnx_writer_floats (w, name, rank, dims, data);
}

#define FLOATS(name, ...)                                                                                    \
  floats (w, name, sizeof ((const guint[]){ __VA_ARGS__ }) / sizeof (guint), (const guint[]){ __VA_ARGS__ })
#define NODE(op, suffix, ...) nn_onnx_writer_add (w, op, suffix, NN_ONNX_INPUTS (__VA_ARGS__))
#define INTS(name, ...)                                                                                      \
  nn_onnx_writer_ints (w, name, sizeof ((const gint64[]){ __VA_ARGS__ }) / sizeof (gint64),                  \
                       (const gint64[]){ __VA_ARGS__ })

static const char *
one_number (NnOnnxWriter *w, const char *name, float value)
{
  return nn_onnx_writer_floats (w, name, 0, NULL, &value);
}

/* Without flattening the other way round, the order of the weights must change; the bias is a node of its
 * own. */
static const char *
write_matmul (NnOnnxWriter *w)
{
  const char *x = NODE ("Conv", "conv", X, FLOATS ("kernel", 4, 3, 3, 3));
  x = NODE ("Flatten", "flat", x);
  x = NODE ("MatMul", "product", x, FLOATS ("matrix", 4 * 4 * 3, 5));
  return NODE ("Add", "sum", x, FLOATS ("bias", 5));
}

/* Pixels are brought to a mean of 0; weights as they come; factors in the product. */
static const char *
write_normalised (NnOnnxWriter *w)
{
  const char *x = NODE ("Sub", "centred", X, FLOATS ("mean", 3, 1, 1));
  const float deviation[] = { 0.2f, 0.25f, 0.3f };
  x = NODE ("Div", "scaled", x,
            nn_onnx_writer_floats (w, "deviation", 4, (const guint[]){ 1, 3, 1, 1 }, deviation));
  x = NODE ("Flatten", "flat", x);
  x = NODE ("Gemm", "product", x, FLOATS ("matrix", 6 * 5 * 3, 4), FLOATS ("bias", 1, 4));
  nn_onnx_writer_float (w, "alpha", 0.5f);
  nn_onnx_writer_float (w, "beta", 2);
  return x;
}

/* A layer that two others want can't have its activation built in; sums of layers; fixed factors in the
 * middle. */
static const char *
write_residual (NnOnnxWriter *w)
{
  const char *a = NODE ("Conv", "a", X, FLOATS ("ka", 4, 3, 1, 1), FLOATS ("ba", 4));
  const char *b = NODE ("Relu", "b", a);
  const char *c = NODE ("Conv", "c", b, FLOATS ("kc", 4, 4, 3, 3));
  INTS ("pads", 1, 1, 1, 1);
  const char *d = NODE ("Add", "d", c, a);
  d = NODE ("Mul", "e", FLOATS ("factor", 4, 1, 1), d);
  d = NODE ("Sub", "f", one_number (w, "one", 1), d);
  d = NODE ("BatchNormalization", "g", d, FLOATS ("scale", 4), FLOATS ("shift", 4), FLOATS ("average", 4),
            FLOATS ("variance", 4));
  d = NODE ("Tanh", "h", d);
  d = NODE ("ReduceMean", "i", d);
  INTS ("axes", 2, 3);
  nn_onnx_writer_int (w, "keepdims", 0);
  d = NODE ("Gemm", "j", d, FLOATS ("out", 3, 4));
  nn_onnx_writer_int (w, "transB", 1);
  return NODE ("Softmax", "k", d);
}

/* The activation of a sum that is read before and after it. */
static const char *
write_readers (NnOnnxWriter *w)
{
  const char *a = NODE ("Conv", "a", X, FLOATS ("ka", 3, 3, 3, 3), FLOATS ("ba", 3));
  INTS ("pads", 1, 1, 1, 1);
  const char *b = NODE ("Add", "b", a, X);
  const char *c = NODE ("Relu", "c", a);
  const char *d = NODE ("Add", "d", b, c);
  d = NODE ("GlobalMaxPool", "e", d);
  return NODE ("Conv", "f", d, FLOATS ("kf", 3, 3, 1, 1), FLOATS ("bf", 3));
}

/* Windows: rounded up, on both sides, “same” at the start; the shape by what exporters compute it with. */
static const char *
write_windows (NnOnnxWriter *w)
{
  const char *x = NODE ("Conv", "conv", X, FLOATS ("kernel", 6, 1, 3, 2));
  nn_onnx_writer_int (w, "group", 3);
  INTS ("strides", 1, 2);
  INTS ("pads", 1, 0, 2, 1);
  x = NODE ("MaxPool", "max", x);
  INTS ("kernel_shape", 3, 2);
  INTS ("strides", 2, 2);
  INTS ("pads", 1, 1, 1, 1);
  nn_onnx_writer_int (w, "ceil_mode", 1);
  x = NODE ("AveragePool", "mean", x);
  INTS ("kernel_shape", 2, 2);
  INTS ("pads", 0, 1, 1, 0);
  const char *shape = NODE ("Shape", "shape", x);
  const char *batch = NODE ("Gather", "batch", shape, nn_onnx_writer_indices (w, 1, (const gint64[]){ 0 }));
  shape = NODE ("Concat", "rows", batch, nn_onnx_writer_indices (w, 1, (const gint64[]){ -1 }));
  nn_onnx_writer_int (w, "axis", 0);
  x = NODE ("Reshape", "flat", x, shape);
  x = NODE ("Dropout", "dropped", x);
  return NODE ("Gemm", "out", x, FLOATS ("matrix", 6 * 6 * 3, 3));
}

/* Of one number a channel to classes by a kernel of one pixel, as in SqueezeNet and MobileNet; then squeezed.
 */
static const char *
write_pixel (NnOnnxWriter *w)
{
  const char *x = NODE ("Conv", "conv", X, FLOATS ("kernel", 6, 3, 3, 3));
  x = NODE ("Sigmoid", "sigmoid", x);
  x = NODE ("GlobalAveragePool", "mean", x);
  x = NODE ("Conv", "out", x, FLOATS ("pixel", 4, 6, 1, 1), FLOATS ("bias", 4));
  x = NODE ("Squeeze", "squeezed", x, nn_onnx_writer_indices (w, 2, (const gint64[]){ 2, 3 }));
  return NODE ("LogSoftmax", "log", x);
}

/* As from TensorFlow: channels last outside, bytes in, first in front of convolutions, and last again. */
static const char *
write_last (NnOnnxWriter *w)
{
  const char *x = NODE ("Mul", "scaled", X, one_number (w, "unit", 1 / 127.5f));
  x = NODE ("Sub", "centred", x, one_number (w, "one", 1));
  x = NODE ("Transpose", "first", x);
  INTS ("perm", 0, 3, 1, 2);
  x = NODE ("Conv", "conv", x, FLOATS ("kernel", 4, 3, 3, 3));
  x = NODE ("Transpose", "last", x);
  INTS ("perm", 0, 2, 3, 1);
  x = NODE ("Add", "sum", x, FLOATS ("bias", 4));
  x = NODE ("Relu", "relu", x);
  x = NODE ("Reshape", "flat", x, nn_onnx_writer_indices (w, 2, (const gint64[]){ -1, 4 * 3 * 4 }));
  return NODE ("MatMul", "out", x, FLOATS ("matrix", 4 * 3 * 4, 3));
}

/* A row of pixels, of which the network makes a picture. */
static const char *
write_row (NnOnnxWriter *w)
{
  const char *x
      = NODE ("Reshape", "picture", X, nn_onnx_writer_indices (w, 4, (const gint64[]){ -1, 1, 6, 6 }));
  x = NODE ("Conv", "conv", x, FLOATS ("kernel", 3, 1, 3, 3));
  x = NODE ("LeakyRelu", "leaky", x);
  x = NODE ("Flatten", "flat", x);
  return NODE ("Gemm", "out", x, FLOATS ("matrix", 3 * 4 * 4, 3));
}

static const struct {
  const char *name;
  const char *(*write) (NnOnnxWriter *w);
  guint rank;
  gint64 dims[4]; /* -1: any */
  gint64 opset;
  gboolean probabilities;
  guint layers;
} foreign[] = {
  { "matmul", write_matmul, 4, { -1, 3, 6, 5 }, 13, FALSE, 4 },
  { "normalised", write_normalised, 4, { 1, 3, 6, 5 }, 13, FALSE, 3 },
  { "residual", write_residual, 4, { -1, 3, 6, 5 }, 13, TRUE, 10 },
  { "readers", write_readers, 4, { -1, 3, 6, 5 }, 13, FALSE, 8 },
  { "windows", write_windows, 4, { -1, 3, 9, 8 }, 11, FALSE, 7 },
  { "pixel", write_pixel, 4, { -1, 3, 6, 5 }, 13, FALSE, 4 },
  { "last", write_last, 4, { -1, 6, 5, 3 }, 13, FALSE, 4 },
  { "row", write_row, 2, { -1, 36 }, 13, FALSE, 4 },
};

static guint current; /* of the table, for describe() */

static void
describe (NnOnnx__ModelProto *model)
{
  static NnOnnx__TensorShapeProto__Dimension dims[4], *list[4];
  static NnOnnx__TensorShapeProto shape;
  static NnOnnx__StringStringEntryProto names, *properties[] = { &names };
  nn_onnx__tensor_shape_proto__init (&shape);
  for (guint i = 0; i < foreign[current].rank; i++) {
    nn_onnx__tensor_shape_proto__dimension__init (&dims[i]);
    dims[i].has_dim_value = foreign[current].dims[i] >= 0;
    dims[i].dim_value = foreign[current].dims[i];
    list[i] = &dims[i];
  }
  shape.n_dim = foreign[current].rank;
  shape.dim = list;
  model->graph->input[0]->type->tensor_type->shape = &shape;
  nn_onnx__string_string_entry_proto__init (&names);
  names.key = (char *) "classes";
  names.value = (char *) "a, b, c";
  model->n_metadata_props = 1;
  model->metadata_props = properties;
}

static GBytes *
write_foreign (guint index, void (*change) (NnOnnx__ModelProto *model))
{
  g_autoptr (NnOnnxWriter) w = nn_onnx_writer_new ();
  w->prefix = "net";
  current = index;
  const char *y = foreign[index].write (w);
  return fixture_pack (w, foreign[index].opset, FIXTURE_NAMES (X), FIXTURE_NAMES (y), change);
}

static void
test_foreign (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = write_foreign (i, describe);
  gint64 batch = foreign[i].dims[0];
  g_autoptr (NnModel) model = nn_onnx_from_bytes (bytes, "a file", &error);
  g_assert_no_error (error);
  NnGraph *graph = nn_model_get_graph (model);
  g_assert_cmpuint (nn_graph_get_n_nodes (graph), ==, foreign[i].layers);
  g_assert_cmpstr (nn_model_get_classes (model)[0], ==,
                   nn_graph_get_n_classes (graph) == 3 ? "a" : "class 0");
  if (batch < 0)
    assert_same (bytes, model, foreign[i].rank, foreign[i].dims[3] == 3, !foreign[i].probabilities);
}

/* Networks that aren't ours, and what the refusal must say. */
static void
no_shape (NnOnnx__ModelProto *model)
{
  model->graph->input[0]->type = NULL;
}

static void
any_size (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->input[0]->type->tensor_type->shape->dim[2]->has_dim_value = FALSE;
}

static void
five_channels (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->input[0]->type->tensor_type->shape->dim[1]->dim_value = 5;
}

static void
other_operator (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->node[1]->op_type = (char *) "Exp";
}

static void
no_operator (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->node[1]->op_type = (char *) "Frobnicate";
}

static void
other_domain (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->node[1]->domain = (char *) "com.example";
}

static void
newer_set (NnOnnx__ModelProto *model)
{
  describe (model);
  model->opset_import[0]->version = 99;
}

static void
wrong_weights (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->initializer[0]->dims[1] = 9;
  model->graph->initializer[0]->dims[2] = 1;
}

static void
no_weights (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->node[0]->input[1] = (char *) X;
}

static void
lost_output (NnOnnx__ModelProto *model)
{
  describe (model);
  model->graph->output[0]->name = (char *) "net/conv";
}

static const struct {
  const char *name;
  void (*change) (NnOnnx__ModelProto *model);
  int code;
  const char *word;
} refusals[] = {
  { "no-shape", no_shape, NN_ERROR_UNSUPPORTED, "picture" },
  { "any-size", any_size, NN_ERROR_UNSUPPORTED, "picture" },
  { "five-channels", five_channels, NN_ERROR_UNSUPPORTED, "picture" },
  { "other-operator", other_operator, NN_ERROR_UNSUPPORTED, "node 2 “net/flat” (Exp)" },
  { "no-operator", no_operator, NN_ERROR_UNSUPPORTED, "Frobnicate" },
  { "other-domain", other_domain, NN_ERROR_UNSUPPORTED, "domains" },
  { "newer-set", newer_set, NN_ERROR_UNSUPPORTED, "99" },
  { "wrong-weights", wrong_weights, NN_ERROR_BAD_INPUT, "node 1 “net/conv” (Conv)" },
  { "no-weights", no_weights, NN_ERROR_UNSUPPORTED, "constant" },
  { "lost-output", lost_output, NN_ERROR_UNSUPPORTED, "output" },
};

static void
test_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = write_foreign (0, refusals[i].change);
  g_autoptr (NnModel) model = nn_onnx_from_bytes (bytes, "/tmp/a file.onnx", &error);
  g_assert_null (model);
  g_test_message ("%s", error->message);
  g_assert_error (error, NN_ERROR, refusals[i].code);
  g_assert_nonnull (strstr (error->message, refusals[i].word));
  g_assert_nonnull (strstr (error->message, "a file.onnx"));
}

/* Every change of one byte ends in a model or an error. */
static void
test_flipped (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++) {
    g_autoptr (GBytes) bytes = write_foreign (i, describe);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    for (gsize k = 0; k < size; k++) {
      guint8 *copy = g_memdup2 (data, size);
      copy[k] ^= (guint8) (1 << k % 8);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
      g_autoptr (NnModel) model = nn_onnx_from_bytes (changed, "a file", &error);
      g_assert_true ((model == NULL) == (error != NULL));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < test_network_count (); i++) {
    g_autofree char *path = g_strdup_printf ("/import/own/%s", test_network_name (i));
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_own);
  }
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++) {
    g_autofree char *path = g_strdup_printf ("/import/foreign/%s", foreign[i].name);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_foreign);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = g_strdup_printf ("/import/refused/%s", refusals[i].name);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refused);
  }
  g_test_add_func ("/import/flipped", test_flipped);
  return g_test_run ();
}
