/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network as C99 for programs without this one: constants, a few plain functions, one call a layer. Memory
 * is the caller's: each layer's numbers get a place in it that nothing later needs. */
#include "onnx/export/c-library.h"
#include "onnx/export/formats.h"
#include "onnx/writer.h"

#include "base/error.h"
#include "ops/activation.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* A number takes some twelve letters. */
#define MAX_NUMBERS ((gsize) 1000000)
#define MAX_TESTS 2
#define LINE 100

/**
 * Place: where a node's numbers lie
 * @root: the node that they belong to: flattening and dropout take those of their input
 * @last: the last node that reads them
 */
typedef struct {
  guint root, last;
  gsize offset, size;
} Place;

typedef struct {
  NnModel *model;
  NnGraph *graph;
  const char *name;
  Place *places;
  gsize scratch;
  gboolean used[NN_C_FUNCTIONS];
  GString *constants, *calls;
} Source;

static const char *
number_text (double value, char text[G_ASCII_DTOSTR_BUF_SIZE + 4])
{
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.9g", value);
  if (strpbrk (text, ".e") == NULL)
    strcat (text, ".0");
  return strcat (text, "f");
}

static void
add_numbers (GString *out, const char *name, gsize n, const float *values)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE + 4];
  gsize start = 0;
  g_string_append_printf (out, "static const float %s[%zu] = {", name, n);
  for (gsize i = 0; i < n; i++) {
    if (i == 0 || out->len - start > LINE) {
      g_string_append (out, "\n ");
      start = out->len;
    }
    g_string_append_printf (out, " %s,", number_text ((double) values[i], text));
  }
  g_string_append (out, "\n};\n\n");
}

static int
function_of (const NnNode *node)
{
  int index = nn_attrs_index (node->op, "activation");
  return index >= 0 ? node->attrs[index].i[0] : 0;
}

/* The address of what node @index gives. */
static char *
at (const Source *self, guint index)
{
  return g_strdup_printf ("scratch + %zu", self->places[self->places[index].root].offset);
}

static void
add_window (Source *self, const NnNode *node, const char *size, gint64 groups)
{
  gint64 kernel[2], strides[2], pads[4];
  const NnShape *x = &node->inputs[0]->shape, *y = &node->shape;
  nn_onnx_read_window (node, size, kernel, strides, pads);
  g_string_append_printf (
      self->constants,
      "static const window window_%u = { %u, %u, %u, %u, %u, %u, %d, %d, %d, %d, %d, %d, %d };\n\n",
      node->index, x->dims[0], x->dims[1], x->dims[2], y->dims[0], y->dims[1], y->dims[2], (int) kernel[0],
      (int) kernel[1], (int) strides[0], (int) strides[1], (int) pads[0], (int) pads[1], (int) groups);
  self->used[NN_C_WINDOW] = TRUE;
}

/* The weights of a layer, and what names them in its call. Returns: (transfer full) */
static char *
add_weights (Source *self, const NnNode *node)
{
  g_autofree char *weight = g_strdup_printf ("weight_%u", node->index),
                  *bias = g_strdup_printf ("bias_%u", node->index);
  add_numbers (self->constants, weight, nn_shape_size (&node->params[0].shape),
               nn_model_get_param (self->model, node->index, 0));
  if (node->n_params < 2)
    return g_strdup_printf ("%s, 0", weight);
  add_numbers (self->constants, bias, nn_shape_size (&node->params[1].shape),
               nn_model_get_param (self->model, node->index, 1));
  return g_strdup_printf ("%s, %s", weight, bias);
}

static void
write_dense (Source *self, const NnNode *node, const char *x, const char *y)
{
  g_autofree char *weights = add_weights (self, node);
  g_string_append_printf (self->calls, "  dense (%s, %s, %zu, %u, %s, %d);\n", x, y,
                          nn_shape_size (&node->inputs[0]->shape), node->shape.dims[0], weights,
                          function_of (node));
  self->used[NN_C_DENSE] = TRUE;
}

static void
write_conv (Source *self, const NnNode *node, const char *x, const char *y)
{
  g_autofree char *weights = add_weights (self, node);
  add_window (self, node, "kernel", node->attrs[nn_attrs_index (node->op, "groups")].i[0]);
  g_string_append_printf (self->calls, "  conv (%s, %s, &window_%u, %s, %d);\n", x, y, node->index, weights,
                          function_of (node));
  self->used[NN_C_CONV] = TRUE;
}

static void
write_pool (Source *self, const NnNode *node, const char *x, const char *y)
{
  add_window (self, node, "size", 1);
  g_string_append_printf (self->calls, "  pool (%s, %s, &window_%u, %d);\n", x, y, node->index,
                          g_str_equal (node->op->id, "max_pool"));
  self->used[NN_C_POOL] = TRUE;
}

static void
write_mean (Source *self, const NnNode *node, const char *x, const char *y)
{
  const NnShape *in = &node->inputs[0]->shape;
  g_string_append_printf (self->calls, "  mean (%s, %s, %u, %u);\n", x, y, in->dims[0] * in->dims[1],
                          in->dims[2]);
  self->used[NN_C_MEAN] = TRUE;
}

static void
write_scale (Source *self, const NnNode *node, const char *x, const char *y)
{
  gsize channels = nn_shape_size (&node->params[0].shape);
  const float *scale = nn_model_get_param (self->model, node->index, 0);
  const float *offset = nn_model_get_param (self->model, node->index, 1);
  const float *mean = nn_model_get_state (self->model, node->index, 0);
  const float *variance = nn_model_get_state (self->model, node->index, 1);
  double epsilon = node->attrs[nn_attrs_index (node->op, "epsilon")].f;
  g_autofree float *factors = g_new (float, channels), *offsets = g_new (float, channels);
  g_autofree char *factor = g_strdup_printf ("factor_%u", node->index);
  g_autofree char *shift = g_strdup_printf ("offset_%u", node->index);
  for (gsize c = 0; c < channels; c++) {
    double f = (double) scale[c] / sqrt ((double) variance[c] + epsilon);
    factors[c] = (float) f;
    offsets[c] = (float) ((double) offset[c] - f * (double) mean[c]);
  }
  add_numbers (self->constants, factor, channels, factors);
  add_numbers (self->constants, shift, channels, offsets);
  g_string_append_printf (self->calls, "  scale (%s, %s, %zu, %zu, factor_%u, offset_%u, %d);\n", x, y,
                          nn_shape_size (&node->shape), channels, node->index, node->index,
                          function_of (node));
  self->used[NN_C_SCALE] = TRUE;
}

static void
write_shift (Source *self, const NnNode *node, const char *x, const char *y)
{
  gsize n = nn_shape_size (&node->shape);
  g_autofree char *bias = g_strdup_printf ("bias_%u", node->index);
  add_numbers (self->constants, bias, n, nn_model_get_param (self->model, node->index, 0));
  g_string_append_printf (self->calls, "  add (%s, bias_%u, %s, %zu);\n", x, node->index, y, n);
  self->used[NN_C_ADD] = TRUE;
}

static void
write_add (Source *self, const NnNode *node, const char *x, const char *y)
{
  g_autofree char *second = at (self, node->inputs[1]->index);
  g_string_append_printf (self->calls, "  add (%s, %s, %s, %zu);\n", x, second, y,
                          nn_shape_size (&node->shape));
  self->used[NN_C_ADD] = TRUE;
}

static void
write_apply (Source *self, const NnNode *node, const char *x, const char *y)
{
  guint function = 0;
  while (!g_str_equal (nn_activation_names[function], node->op->id))
    function++;
  g_string_append_printf (self->calls, "  apply (%s, %s, %zu, %u);\n", x, y, nn_shape_size (&node->shape),
                          function);
  self->used[NN_C_APPLY] = TRUE;
}

/* One row a layer. @write: NULL for those that leave the numbers as they are */
static const struct Layer {
  const char *id;
  void (*write) (Source *self, const NnNode *node, const char *x, const char *y);
} layers[] = {
  { "input", NULL },
  { "flatten", NULL },
  { "dropout", NULL },
  { "dense", write_dense },
  { "conv2d", write_conv },
  { "max_pool", write_pool },
  { "avg_pool", write_pool },
  { "global_avg_pool", write_mean },
  { "batch_norm", write_scale },
  { "add", write_add },
  { "relu", write_apply },
  { "leaky_relu", write_apply },
  { "sigmoid", write_apply },
  { "tanh", write_apply },
  { "relu6", write_apply },
  { "shift", write_shift },
};

static const struct Layer *
find_layer (const NnNode *node)
{
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    if (g_str_equal (layers[i].id, node->op->id))
      return &layers[i];
  return NULL;
}

gboolean
nn_c_source_check (NnModel *model, GError **error)
{
  const NnGraph *graph = nn_model_get_graph (model);
  gsize numbers = 0;
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      numbers += nn_shape_size (&node->params[p].shape);
    if (find_layer (node) == NULL) {
      g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                   _ ("The layer “%s” (%s) can't be written as C. Export the network as ONNX."), node->name,
                   node->op->title);
      return FALSE;
    }
  }
  if (numbers > MAX_NUMBERS)
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The network has %zu weights, which is too many for a source file; at most %zu. Export "
                    "it as ONNX."),
                 numbers, MAX_NUMBERS);
  else if (!nn_model_is_finite (model))
    g_set_error (error, NN_ERROR, NN_ERROR_DIVERGED,
                 _ ("Some weights of the network aren't numbers any more."));
  else
    return TRUE;
  return FALSE;
}

/* Who reads what last; then each gets the first room among those still needed. */
static void
place (Source *self)
{
  guint n = nn_graph_get_n_nodes (self->graph);
  for (guint i = 0; i < n; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    Place *p = &self->places[i];
    p->root = i == 0 || find_layer (node)->write != NULL ? i : self->places[node->inputs[0]->index].root;
    p->size = nn_shape_size (&node->shape);
    p->last = i;
    for (guint k = 0; k < node->n_inputs; k++)
      self->places[self->places[node->inputs[k]->index].root].last = i;
  }
  self->places[self->places[n - 1].root].last = n;
  for (guint i = 0; i < n; i++) {
    gboolean moved = self->places[i].root == i;
    while (moved) { /* past whatever is in the way, until nothing is */
      Place *p = &self->places[i];
      moved = FALSE;
      for (guint k = 0; k < i; k++) {
        const Place *q = &self->places[k];
        if (q->root == k && q->last >= i && p->offset < q->offset + q->size
            && q->offset < p->offset + p->size) {
          p->offset = q->offset + q->size;
          moved = TRUE;
        }
      }
      self->scratch = MAX (self->scratch, p->offset + p->size);
    }
  }
}

static void
write_layers (Source *self)
{
  for (guint i = 1; i < nn_graph_get_n_nodes (self->graph); i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    const struct Layer *layer = find_layer (node);
    if (layer->write == NULL)
      continue;
    g_autofree char *x = at (self, node->inputs[0]->index), *y = at (self, i);
    layer->write (self, node, x, y);
  }
}

/* A name of a class as a C string: escaped, also against trigraphs. */
static void
add_string (GString *out, const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);
  g_auto (GStrv) parts = g_strsplit (escaped, "?", -1);
  g_autofree char *safe = g_strjoinv ("\\?", parts);
  g_string_append_printf (out, "  \"%s\",\n", safe);
}

static char *
make_header (const Source *self)
{
  const NnShape *input = nn_graph_get_input_shape (self->graph);
  g_autofree char *upper = g_ascii_strup (self->name, -1);
  return g_strdup_printf (
      NN_C_HEADER_BEGIN "%2$u classes of pictures apart, written by Perceptron. C99; link with -lm. No "
      "memory is\n"
      " * allocated and nothing is kept between calls.\n"
      " *\n"
      " *   cc -std=c99 -O2 -D%1$s_TEST %3$s.c -lm && ./a.out      compares it with the program that wrote "
      "it */\n"
      "#ifndef %1$s_H\n#define %1$s_H\n\n"
      "#define %1$s_HEIGHT %4$u\n#define %1$s_WIDTH %5$u\n#define %1$s_CHANNELS %6$u\n#define %1$s_CLASSES "
      "%2$u\n"
      "#define %1$s_SCRATCH %7$zu /* numbers */\n\n"
      "extern const char *const %3$s_classes[%1$s_CLASSES];\n\n"
      "/* pixels: [height][width][channels], 0 to 255, colours as red, green, blue\n"
      " * probabilities: one a class\n"
      " * scratch: %1$s_SCRATCH numbers for the intermediate results; one piece for each thread */\n"
      "void %3$s_classify (const unsigned char *pixels, float *probabilities, float *scratch);\n\n"
      "#endif\n",
      upper, nn_graph_get_n_classes (self->graph), self->name, input->dims[0], input->dims[1], input->dims[2],
      self->scratch);
}

static void
add_classify (const Source *self, GString *out, const char *upper)
{
  const NnPreprocess *preprocess = nn_model_get_preprocess (self->model);
  const NnShape *input = nn_graph_get_input_shape (self->graph);
  guint channels = input->dims[2];
  g_autofree char *end = at (self, nn_graph_get_n_nodes (self->graph) - 1);
  add_numbers (out, "pixel_mean", channels, preprocess->mean);
  add_numbers (out, "pixel_deviation", channels, preprocess->deviation);
  g_string_append_printf (
      out,
      "void\n%1$s_classify (const unsigned char *pixels, float *probabilities, float *scratch)\n{\n"
      "  for (int i = 0; i < %2$zu; i++)\n"
      "    scratch[%3$zu + i] = ((float) pixels[i] / 255.0f - pixel_mean[i %% %4$u]) / pixel_deviation[i %% "
      "%4$u];\n"
      "%5$s"
      "  const float *logits = %6$s;\n"
      "  float largest = logits[0], sum = 0.0f;\n"
      "  for (int i = 1; i < %7$s_CLASSES; i++)\n"
      "    largest = logits[i] > largest ? logits[i] : largest;\n"
      "  for (int i = 0; i < %7$s_CLASSES; i++)\n"
      "    sum += probabilities[i] = expf (logits[i] - largest);\n"
      "  for (int i = 0; i < %7$s_CLASSES; i++)\n"
      "    probabilities[i] /= sum;\n"
      "}\n\n",
      self->name, nn_shape_size (input), self->places[0].offset, channels, self->calls->str, end, upper);
}

/* Pictures and what the engine says to them. */
static void
add_test (const Source *self, GString *out, const char *upper, const NnExportSamples *samples)
{
  gsize size = nn_shape_size (nn_graph_get_input_shape (self->graph)), start = 0;
  guint n = MIN (samples->n, MAX_TESTS), classes = nn_graph_get_n_classes (self->graph);
  g_string_append_printf (
      out, "#ifdef %s_TEST\n#include <stdio.h>\n\nstatic const unsigned char test_pixels[%zu] = {", upper,
      n * size);
  for (gsize i = 0; i < n * size; i++) {
    if (i == 0 || out->len - start > LINE) {
      g_string_append (out, "\n ");
      start = out->len;
    }
    g_string_append_printf (out, " %u,", samples->pixels[i]);
  }
  g_string_append (out, "\n};\n\n");
  add_numbers (out, "test_probabilities", (gsize) n * classes, samples->probabilities);
  g_string_append_printf (
      out,
      "int\nmain (void)\n{\n"
      "  static float scratch[%1$s_SCRATCH];\n"
      "  float probabilities[%1$s_CLASSES], largest = 0.0f;\n"
      "  for (int n = 0; n < %2$u; n++) {\n"
      "    %3$s_classify (test_pixels + n * %4$zu, probabilities, scratch);\n"
      "    for (int i = 0; i < %1$s_CLASSES; i++) {\n"
      "      float difference = fabsf (probabilities[i] - test_probabilities[n * %1$s_CLASSES + i]);\n"
      "      largest = difference <= largest ? largest : difference;\n"
      "    }\n  }\n"
      "  printf (\"largest difference %%g\\n\", (double) largest);\n"
      "  return largest <= 1e-3f ? 0 : 1;\n}\n#endif\n",
      upper, n, self->name, size);
}

static char *
make_source (const Source *self, const NnExportSamples *samples)
{
  g_autofree char *upper = g_ascii_strup (self->name, -1);
  g_autoptr (GString) out = g_string_new (NULL);
  g_string_append_printf (
      out, "/* Written by Perceptron; see %1$s.h. */\n#include \"%1$s.h\"\n\n#include <math.h>\n\n",
      self->name);
  for (guint i = 0; i < NN_C_FUNCTIONS; i++)
    if (self->used[i])
      g_string_append_printf (out, "%s\n", nn_c_library[i]);
  g_string_append (out, self->constants->str);
  g_string_append_printf (out, "const char *const %s_classes[%s_CLASSES] = {\n", self->name, upper);
  for (const char *const *c = nn_model_get_classes (self->model); *c != NULL; c++)
    add_string (out, *c);
  g_string_append (out, "};\n\n");
  add_classify (self, out, upper);
  add_test (self, out, upper, samples);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
nn_c_source (NnModel *model, const char *name, const NnExportSamples *samples, char **header, char **source,
             GError **error)
{
  Source self = { .model = model, .graph = nn_model_get_graph (model), .name = name };
  if (!nn_c_source_check (model, error))
    return FALSE;
  g_autofree Place *places = self.places = g_new0 (Place, nn_graph_get_n_nodes (self.graph));
  g_autoptr (GString) constants = self.constants = g_string_new (NULL);
  g_autoptr (GString) calls = self.calls = g_string_new (NULL);
  place (&self);
  write_layers (&self);
  self.used[NN_C_ACTIVATE]
      = self.used[NN_C_DENSE] || self.used[NN_C_CONV] || self.used[NN_C_SCALE] || self.used[NN_C_APPLY];
  *header = make_header (&self);
  *source = make_source (&self, samples);
  return TRUE;
}
