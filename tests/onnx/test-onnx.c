/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model files: what is saved is loaded, bit for bit; and no file, however made, does harm. */
#include "networks.h"

#include "base/error.h"
#include "base/random.h"
#include "onnx/metadata.h"
#include "onnx/onnx-file.h"
#include "onnx/onnx.pb-c.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With a kernel, a matrix, vectors and statistics, but few numbers. */
#define SMALL                                                                                               \
  "{\"format\":1,\"name\":\"small\",\"input\":{\"height\":4,\"width\":3,\"channels\":2},\"layers\":["       \
  "{\"op\":\"conv2d\",\"name\":\"conv\",\"filters\":3,\"kernel\":3},"                                       \
  "{\"op\":\"batch_norm\",\"name\":\"norm\"},{\"op\":\"flatten\"},"                                         \
  "{\"op\":\"dense\",\"name\":\"out\",\"units\":\"classes\"}]}"

static GBytes *
to_bytes (NnModel *model)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = nn_onnx_to_bytes (model, &error);
  g_assert_no_error (error);
  return bytes;
}

/* Loading must end in a model or in an error, never in both or none. */
static void
try_load (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (NnModel) model = nn_onnx_from_bytes (bytes, "a file", &error);
  g_assert_true ((model == NULL) == (error != NULL));
}

static void
assert_same_floats (const float *a, const float *b, const NnShape *shape)
{
  g_assert_cmpmem (a, nn_shape_size (shape) * sizeof *a, b, nn_shape_size (shape) * sizeof *b);
}

static void
assert_same_model (NnModel *a, NnModel *b)
{
  NnGraph *graph = nn_model_get_graph (a);
  g_autofree char *json_a = nn_graph_to_json (graph), *json_b = nn_graph_to_json (nn_model_get_graph (b));
  g_assert_cmpstr (json_a, ==, json_b);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      assert_same_floats (nn_model_get_param (a, i, p), nn_model_get_param (b, i, p), &node->params[p].shape);
    for (guint s = 0; s < node->n_states; s++)
      assert_same_floats (nn_model_get_state (a, i, s), nn_model_get_state (b, i, s), &node->states[s].shape);
  }
  g_assert_true (g_strv_equal (nn_model_get_classes (a), nn_model_get_classes (b)));
  const NnPreprocess *pre_a = nn_model_get_preprocess (a), *pre_b = nn_model_get_preprocess (b);
  gsize bytes = nn_graph_get_input_shape (graph)->dims[2] * sizeof (float);
  g_assert_cmpmem (pre_a->mean, bytes, pre_b->mean, bytes);
  g_assert_cmpmem (pre_a->deviation, bytes, pre_b->deviation, bytes);
  g_assert_cmpstr (pre_a->fit, ==, pre_b->fit);
  g_assert_cmpstr (nn_model_get_metadata (b, "device"), ==, nn_model_get_metadata (a, "device"));
  nn_model_set_metadata (b, "device", NULL);
  g_assert_null (nn_model_get_metadata (b, "device"));
  nn_model_set_metadata (b, "device", nn_model_get_metadata (a, "device"));
}

static void
test_round_trip (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = test_network_new (GPOINTER_TO_UINT (data));
  g_autoptr (GBytes) bytes = to_bytes (model);
  g_autoptr (NnModel) loaded = nn_onnx_from_bytes (bytes, "a file", &error);
  g_assert_no_error (error);
  assert_same_model (model, loaded);
  g_autoptr (GBytes) again = to_bytes (loaded);
  g_assert_true (g_bytes_equal (bytes, again));
}

static void
assert_load_fails (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = nn_onnx_load (path, &error);
  g_assert_null (model);
  g_assert_error (error, NN_ERROR, code);
  g_assert_nonnull (strstr (error->message, "“"));
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("onnx-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a model.onnx", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no folder", "model.onnx", NULL);
  g_autoptr (NnModel) model = test_network_from_json (SMALL);
  assert_load_fails (path, NN_ERROR_BAD_INPUT);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  assert_load_fails (path, NN_ERROR_BAD_INPUT);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (nn_onnx_save (model, path, &error));
    g_autoptr (NnModel) loaded = nn_onnx_load (path, &error);
    g_assert_no_error (error);
    assert_same_model (model, loaded);
  }
  g_assert_false (nn_onnx_save (model, nowhere, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_FAILED);
  assert_load_fails (folder, NN_ERROR_BAD_INPUT);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_load_fails (pipe, NN_ERROR_BAD_INPUT);
  g_assert_cmpint (truncate (path, (off_t) NN_ONNX_MAX_BYTES + 1), ==, 0);
  assert_load_fails (path, NN_ERROR_BAD_INPUT);
  g_unlink (pipe);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_truncated (void)
{
  g_autoptr (NnModel) model = test_network_from_json (SMALL);
  g_autoptr (GBytes) bytes = to_bytes (model);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  for (gsize n = 0; n <= size; n++)
    try_load (data, n);
}

static void
test_flipped (void)
{
  g_autoptr (NnModel) model = test_network_from_json (SMALL);
  g_autoptr (GBytes) bytes = to_bytes (model);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  NnRandom random;
  nn_random_init (&random, 5, 1);
  for (guint i = 0; i < 4000; i++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    guint changes = 1 + nn_random_below (&random, 4);
    for (guint k = 0; k < changes; k++) {
      guint32 place = nn_random_below (&random, (guint32) size);
      if (k % 2 == 0)
        copy[place] ^= (guint8) (1 << nn_random_below (&random, 8));
      else
        copy[place] = (guint8) nn_random_uint32 (&random);
    }
    try_load (copy, size);
  }
}

static void
test_noise (void)
{
  NnRandom random;
  nn_random_init (&random, 9, 1);
  for (guint i = 0; i < 2000; i++) {
    guint8 data[64];
    guint n = nn_random_below (&random, sizeof data);
    for (guint k = 0; k < n; k++)
      data[k] = (guint8) nn_random_uint32 (&random);
    try_load (data, n);
  }
}

/* A file in which each two bytes ask for a structure of over a hundred. */
static void
test_bomb (void)
{
  const gsize n = 16 << 20;
  g_autofree guint8 *data = g_malloc0 (n + 5);
  guint8 *p = data;
  *p++ = 0x3a; /* the graph */
  for (gsize left = n; left > 0; left >>= 7)
    *p++ = (guint8) ((left & 127) | (left > 127 ? 128 : 0));
  for (gsize i = 0; i < n; i += 2)
    p[i] = 0x0a; /* a node of no bytes */
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, (gsize) (p - data) + n);
  g_autoptr (NnModel) model = nn_onnx_from_bytes (bytes, "a bomb", &error);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

/* Tampering: each of these changes the unpacked file, and says which error that must give. */
typedef NnOnnx__ModelProto Proto;

static NnOnnx__TensorProto *
tensor (Proto *proto, const char *name)
{
  for (gsize i = 0; i < proto->graph->n_initializer; i++)
    if (g_str_equal (proto->graph->initializer[i]->name, name))
      return proto->graph->initializer[i];
  g_assert_not_reached ();
}

static void
set_text (char **field, const char *text)
{
  free (*field);
  *field = strdup (text);
}

static void
set_property (Proto *proto, const char *key, const char *value)
{
  for (gsize i = 0; i < proto->n_metadata_props; i++)
    if (g_str_equal (proto->metadata_props[i]->key, key)) {
      if (value != NULL)
        set_text (&proto->metadata_props[i]->value, value);
      else
        set_text (&proto->metadata_props[i]->key, "something.else");
      return;
    }
  g_assert_not_reached ();
}

static void
newer_format (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_FORMAT, "2");
}

static void
odd_format (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_FORMAT, "-1");
}

static void
no_graph (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_GRAPH, NULL);
}

static void
deep_graph (Proto *proto)
{
  g_autofree char *text = g_strnfill (1000000, '[');
  set_property (proto, NN_ONNX_KEY_GRAPH, text);
}

static void
deep_classes (Proto *proto)
{
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *text = g_strconcat ("/* \" */", brackets, NULL);
  set_property (proto, NN_ONNX_KEY_CLASSES, text);
}

static void
huge_graph (Proto *proto)
{
  set_property (
      proto, NN_ONNX_KEY_GRAPH,
      "{\"format\":1,\"name\":\"small\",\"input\":{\"height\":4096,\"width\":4096,\"channels\":4},"
      "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":65536},{\"op\":\"dense\",\"units\":\"classes\"}]}");
}

static void
other_graph (Proto *proto)
{
  set_property (
      proto, NN_ONNX_KEY_GRAPH,
      "{\"format\":1,\"name\":\"small\",\"input\":{\"height\":4,\"width\":3,\"channels\":2},\"layers\":["
      "{\"op\":\"flatten\"},{\"op\":\"dense\",\"name\":\"out\",\"units\":\"classes\"}]}");
}

static void
too_few_classes (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_CLASSES, "[\"a\"]");
}

static void
too_many_classes (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_CLASSES, "[\"a\",\"b\",\"c\",\"d\"]");
}

static void
odd_classes (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_CLASSES, "[\"a\",null,[1]]");
}

static void
not_text (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_CLASSES, "[\"a\",\"\xff\",\"c\"]");
}

static void
zero_deviation (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_PREPROCESS, "{\"mean\":[0,0],\"deviation\":[1,0],\"fit\":\"cover\"}");
}

static void
endless_deviation (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_PREPROCESS, "{\"mean\":[0,0],\"deviation\":[1,1e300],\"fit\":\"cover\"}");
}

static void
long_fit (Proto *proto)
{
  set_property (proto, NN_ONNX_KEY_PREPROCESS,
                "{\"mean\":[0,0],\"deviation\":[1,1],\"fit\":\"covercovercovercovercover\"}");
}

static void
missing_weight (Proto *proto)
{
  set_text (&tensor (proto, "conv.weight")->name, "x");
}

static void
double_weight (Proto *proto)
{
  set_text (&tensor (proto, "conv.weight")->name, "out.weight");
}

static void
huge_dims (Proto *proto)
{
  tensor (proto, "conv.weight")->dims[0] = G_GINT64_CONSTANT (0x4000000000000000);
}

static void
wrapped_dims (Proto *proto)
{
  tensor (proto, "conv.weight")->dims[0] += G_GINT64_CONSTANT (1) << 32;
}

static void
negative_dims (Proto *proto)
{
  tensor (proto, "conv.weight")->dims[1] *= -1;
}

static void
other_rank (Proto *proto)
{
  tensor (proto, "conv.weight")->n_dims = 3;
}

static void
other_type (Proto *proto)
{
  tensor (proto, "conv.weight")->data_type = NN_ONNX__TENSOR_PROTO__DATA_TYPE__INT64;
}

static void
short_data (Proto *proto)
{
  tensor (proto, "conv.weight")->raw_data.len--;
}

static void
no_data (Proto *proto)
{
  tensor (proto, "conv.weight")->has_raw_data = FALSE;
}

static const struct {
  const char *name;
  void (*change) (Proto *proto);
  int code;
  const char *word; /* must be in the message */
} tamperings[] = {
  { "newer", newer_format, NN_ERROR_UNSUPPORTED, "newer" },
  { "odd-format", odd_format, NN_ERROR_BAD_INPUT, NN_ONNX_KEY_FORMAT },
  { "no-graph", no_graph, NN_ERROR_BAD_INPUT, NN_ONNX_KEY_GRAPH },
  { "deep-graph", deep_graph, NN_ERROR_BAD_INPUT, NN_ONNX_KEY_GRAPH },
  { "deep-classes", deep_classes, NN_ERROR_BAD_INPUT, "classes" },
  { "huge-graph", huge_graph, NN_ERROR_BAD_INPUT, "" },
  { "other-graph", other_graph, NN_ERROR_BAD_INPUT, "out.weight" },
  { "too-few-classes", too_few_classes, NN_ERROR_BAD_INPUT, "fewer than 2" },
  { "too-many-classes", too_many_classes, NN_ERROR_BAD_INPUT, "" },
  { "odd-classes", odd_classes, NN_ERROR_BAD_INPUT, "class" },
  { "not-text", not_text, NN_ERROR_BAD_INPUT, "UTF-8" },
  { "zero-deviation", zero_deviation, NN_ERROR_BAD_INPUT, "deviation" },
  { "endless-deviation", endless_deviation, NN_ERROR_BAD_INPUT, "deviation" },
  { "long-fit", long_fit, NN_ERROR_BAD_INPUT, "fitted" },
  { "missing-weight", missing_weight, NN_ERROR_BAD_INPUT, "“conv”" },
  { "double-weight", double_weight, NN_ERROR_BAD_INPUT, "out.weight" },
  { "huge-dims", huge_dims, NN_ERROR_BAD_INPUT, "“conv”" },
  { "wrapped-dims", wrapped_dims, NN_ERROR_BAD_INPUT, "“conv”" },
  { "negative-dims", negative_dims, NN_ERROR_BAD_INPUT, "“conv”" },
  { "other-rank", other_rank, NN_ERROR_BAD_INPUT, "“conv”" },
  { "other-type", other_type, NN_ERROR_BAD_INPUT, "“conv”" },
  { "short-data", short_data, NN_ERROR_BAD_INPUT, "“conv”" },
  { "no-data", no_data, NN_ERROR_BAD_INPUT, "“conv”" },
};

static void
test_tampered (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (NnModel) model = test_network_from_json (SMALL);
  g_autoptr (GBytes) bytes = to_bytes (model);
  Proto *proto =
      nn_onnx__model_proto__unpack (NULL, g_bytes_get_size (bytes), g_bytes_get_data (bytes, NULL));
  g_assert_nonnull (proto);
  tamperings[index].change (proto);
  gsize size = nn_onnx__model_proto__get_packed_size (proto);
  guint8 *packed = g_malloc (size);
  nn_onnx__model_proto__pack (proto, packed);
  nn_onnx__model_proto__free_unpacked (proto, NULL);

  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) changed = g_bytes_new_take (packed, size);
  g_autoptr (NnModel) loaded = nn_onnx_from_bytes (changed, "/tmp/a file.onnx", &error);
  g_assert_null (loaded);
  g_test_message ("%s", error->message);
  g_assert_error (error, NN_ERROR, tamperings[index].code);
  g_assert_nonnull (strstr (error->message, tamperings[index].word));
  g_assert_nonnull (strstr (error->message, "a file.onnx"));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < test_network_count (); i++) {
    g_autofree char *path = g_strdup_printf ("/onnx/round-trip/%s", test_network_name (i));
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_round_trip);
  }
  g_test_add_func ("/onnx/file", test_file);
  g_test_add_func ("/onnx/truncated", test_truncated);
  g_test_add_func ("/onnx/flipped", test_flipped);
  g_test_add_func ("/onnx/noise", test_noise);
  g_test_add_func ("/onnx/bomb", test_bomb);
  for (guint i = 0; i < G_N_ELEMENTS (tamperings); i++) {
    g_autofree char *path = g_strdup_printf ("/onnx/tampered/%s", tamperings[i].name);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_tampered);
  }
  return g_test_run ();
}
