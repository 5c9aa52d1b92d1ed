/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interpreter of ONNX files. ONNX's own tests of its operators are run by test-node-suite.py where the
 * package can be had; here is what those don't ask: our own files against our reference, and files that are
 * out to do harm. */
#include "networks.h"
#include "run-fixture.h"

#include "base/error.h"
#include "base/random.h"
#include "onnx/onnx-file.h"
#include "onnx/run/npy.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define BATCH 2

static NnOnnxBudget
usual_budget (void)
{
  return (NnOnnxBudget){ (gsize) 64 << 20, 1000000000 };
}

/* Runs a file with one input and one output. Returns: (transfer full) (nullable): NULL with an error */
static NnOnnxValue *
run_one (GBytes *bytes, NnOnnxBudget *budget, NnOnnxValue *input, GError **error)
{
  NnOnnxValue *output = NULL;
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, "/tmp/a file.onnx", NULL, error);
  if (program == NULL)
    return NULL;
  g_assert_cmpuint (nn_onnx_program_get_n_inputs (program), ==, input != NULL ? 1 : 0);
  g_assert_cmpuint (nn_onnx_program_get_n_outputs (program), ==, 1);
  if (!nn_onnx_program_run (program, budget, &input, NULL, &output, error))
    return NULL;
  return output;
}

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

/* What we write means to the interpreter what the network is to the reference. */
static void
test_own (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = test_network_new (GPOINTER_TO_UINT (data));
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes (model, &error);
  g_assert_no_error (error);
  const NnShape *shape = nn_graph_get_input_shape (nn_model_get_graph (model));
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  const gsize dims[] = { BATCH, shape->dims[2], shape->dims[0], shape->dims[1] };
  gsize pixels = dims[2] * dims[3], before;
  guint classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  NnOnnxBudget budget = usual_budget ();
  budget.bytes = before = (gsize) 256 << 20;
  NnOnnxValue *input = fixture_value (&budget, 4, dims, NULL);
  g_autofree float *x = g_new (float, input->size);
  g_autofree double *expected = g_new (double, BATCH *classes);
  NnRandom random;
  nn_random_init (&random, 11, 2);
  for (gsize i = 0; i < input->size; i++) {
    gsize c = i / pixels % dims[1];
    float value = (float) nn_random_below (&random, 256);
    input->real[i] = value;
    x[(i / pixels / dims[1] * pixels + i % pixels) * dims[1] + c]
        = (value / 255 - preprocess->mean[c]) / preprocess->deviation[c];
  }
  nn_model_ref_run (model, BATCH, x, expected);
  for (guint n = 0; n < BATCH; n++)
    softmax (classes, expected + n * classes);
  NnOnnxValue *output = run_one (bytes, &budget, input, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (output->rank, ==, 2);
  g_assert_cmpuint (output->size, ==, BATCH * classes);
  for (gsize i = 0; i < output->size; i++)
    g_assert_cmpfloat_with_epsilon (output->real[i], expected[i], 1e-5);
  nn_onnx_value_unref (output);
  nn_onnx_value_unref (input);
  g_assert_cmpuint (budget.bytes, ==, before); /* all memory came back */
}

/* Whatever is in a file, running it ends in a result or in an error that says so. */
static void
assert_refused (GBytes *bytes, NnOnnxValue *input, NnOnnxBudget *budget, int code, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnOnnxValue) output = run_one (bytes, budget, input, &error);
  g_assert_null (output);
  g_test_message ("%s", error->message);
  g_assert_error (error, NN_ERROR, code);
  g_assert_nonnull (strstr (error->message, "a file.onnx"));
  g_assert_nonnull (strstr (error->message, word));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* Each of these is one node on a matrix x of 2 × 3, or what a change makes of it. */
static void
no_graph (NnOnnx__ModelProto *model)
{
  model->graph = NULL;
}

static void
newer_set (NnOnnx__ModelProto *model)
{
  model->opset_import[0]->version = 1000;
}

static void
other_operator (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->op_type = (char *) "If";
}

static void
other_domain (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->domain = (char *) "com.example";
}

static void
no_such_input (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->input[0] = (char *) "nothing";
}

static void
itself (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->input[0] = (char *) "y";
}

static void
no_output (NnOnnx__ModelProto *model)
{
  model->graph->output[0]->name = (char *) "elsewhere";
}

static void
too_few (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->n_input = 0;
}

static void
same_name (NnOnnx__ModelProto *model)
{
  model->graph->node[0]->output[0] = (char *) "x";
}

static const struct {
  const char *name;
  const char *op;
  void (*change) (NnOnnx__ModelProto *model);
  int code;
  const char *word;
} unsound[] = {
  { "no-graph", "Relu", no_graph, NN_ERROR_BAD_INPUT, "no graph" },
  { "newer-set", "Relu", newer_set, NN_ERROR_UNSUPPORTED, "1000" },
  { "other-operator", "Relu", other_operator, NN_ERROR_UNSUPPORTED, "“y” (If)" },
  { "other-domain", "Relu", other_domain, NN_ERROR_UNSUPPORTED, "com.example" },
  { "no-such-input", "Relu", no_such_input, NN_ERROR_BAD_INPUT, "“nothing”" },
  { "itself", "Relu", itself, NN_ERROR_BAD_INPUT, "“y”" },
  { "no-output", "Relu", no_output, NN_ERROR_BAD_INPUT, "“elsewhere”" },
  { "too-few", "Relu", too_few, NN_ERROR_BAD_INPUT, "few" },
  { "same-name", "Relu", same_name, NN_ERROR_BAD_INPUT, "name of its output" },
  { "wrong-rank", "MaxPool", NULL, NN_ERROR_UNSUPPORTED, "extents" },
  { "wrong-axes", "GlobalAveragePool", NULL, 0, NULL },
  { "no-split", "Split", NULL, 0, NULL },
  { "no-value", "Constant", too_few, NN_ERROR_UNSUPPORTED, "value" },
};

static void
test_unsound (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
  writer->prefix = "y";
  nn_onnx_writer_add (writer, unsound[i].op, NULL, NN_ONNX_INPUTS ("x"));
  g_autoptr (GBytes) bytes
      = fixture_pack (writer, 13, FIXTURE_NAMES ("x"), FIXTURE_NAMES ("y"), unsound[i].change);
  NnOnnxBudget budget = usual_budget ();
  g_autoptr (NnOnnxValue) x = fixture_value (&budget, 2, (const gsize[]){ 2, 3 }, NULL);
  if (unsound[i].word != NULL) {
    assert_refused (bytes, x, &budget, unsound[i].code, unsound[i].word);
    return;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (NnOnnxValue) y = run_one (bytes, &budget, x, &error);
  g_assert_no_error (error);
}

/* Files of a hundred bytes that ask for all memory, or for years of work. */
static void
test_greedy (void)
{
  static const gint64 shapes[][4] = {
    { 1 << 20, 1 << 20, 1 << 20, 1 << 20 },
    { 65536, 65536, 65536, 65536 },
    { G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64 },
    { 1 << 30, 1, 1, 1 },
    { 0, 1 << 30, 1 << 30, 1 << 30 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
    writer->prefix = "y";
    const char *shape = nn_onnx_writer_indices (writer, 4, shapes[i]);
    nn_onnx_writer_add (writer, "Expand", NULL, NN_ONNX_INPUTS ("x", shape));
    g_autoptr (GBytes) bytes = fixture_pack (writer, 13, FIXTURE_NAMES ("x"), FIXTURE_NAMES ("y"), NULL);
    NnOnnxBudget budget = usual_budget ();
    g_autoptr (NnOnnxValue) x = fixture_value (&budget, 0, NULL, NULL);
    assert_refused (bytes, x, &budget, NN_ERROR_UNSUPPORTED, "memory");
  }
}

static void
test_busy (void)
{
  g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
  writer->prefix = "y";
  nn_onnx_writer_add (writer, "AveragePool", NULL, NN_ONNX_INPUTS ("x"));
  nn_onnx_writer_ints (writer, "kernel_shape", 2, (const gint64[]){ 1 << 28, 1 << 28 });
  nn_onnx_writer_ints (writer, "pads", 4, (const gint64[]){ 1 << 28, 1 << 28, 0, 0 });
  g_autoptr (GBytes) bytes = fixture_pack (writer, 13, FIXTURE_NAMES ("x"), FIXTURE_NAMES ("y"), NULL);
  NnOnnxBudget budget = usual_budget ();
  g_autoptr (NnOnnxValue) x = fixture_value (&budget, 4, (const gsize[]){ 1, 1, 8, 8 }, NULL);
  assert_refused (bytes, x, &budget, NN_ERROR_UNSUPPORTED, "computation");
}

/* The set before 13 flattened what softmax runs over. */
static void
test_opset (void)
{
  const double expected[] = { 0.25, 0.5 };
  for (guint i = 0; i < 2; i++) {
    g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
    g_autoptr (GError) error = NULL;
    writer->prefix = "y";
    nn_onnx_writer_add (writer, "Softmax", NULL, NN_ONNX_INPUTS ("x"));
    nn_onnx_writer_int (writer, "axis", 1);
    g_autoptr (GBytes) bytes
        = fixture_pack (writer, i == 0 ? 11 : 13, FIXTURE_NAMES ("x"), FIXTURE_NAMES ("y"), NULL);
    NnOnnxBudget budget = usual_budget ();
    g_autoptr (NnOnnxValue) x = fixture_value (&budget, 3, (const gsize[]){ 1, 2, 2 }, NULL);
    g_autoptr (NnOnnxValue) y = run_one (bytes, &budget, x, &error);
    g_assert_no_error (error);
    for (gsize k = 0; k < y->size; k++)
      g_assert_cmpfloat_with_epsilon (y->real[k], expected[i], 1e-12);
  }
}

static NnOnnx__StringStringEntryProto external[3];
static NnOnnx__StringStringEntryProto *external_list[] = { &external[0], &external[1], &external[2] };

/* The constant's data move to a file of their own. */
static void
move_out (NnOnnx__ModelProto *model)
{
  NnOnnx__TensorProto *tensor = model->graph->initializer[0];
  tensor->has_raw_data = FALSE;
  tensor->has_data_location = TRUE;
  tensor->data_location = NN_ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  tensor->n_external_data = G_N_ELEMENTS (external);
  tensor->external_data = external_list;
}

static gboolean
run_external (const char *folder, const char *location, const char *offset, double *value)
{
  static const char *const keys[] = { "location", "offset", "length" };
  const char *values[] = { location, offset, "8" };
  const float numbers[] = { 0, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (external); i++) {
    nn_onnx__string_string_entry_proto__init (&external[i]);
    external[i].key = (char *) keys[i];
    external[i].value = (char *) values[i];
  }
  g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
  writer->prefix = "y";
  const char *name = nn_onnx_writer_floats (writer, "outside", 1, (const guint[]){ 2 }, numbers);
  nn_onnx_writer_add (writer, "Identity", NULL, NN_ONNX_INPUTS (name));
  g_autoptr (GBytes) bytes = fixture_pack (writer, 13, FIXTURE_NAMES (NULL), FIXTURE_NAMES ("y"), move_out);
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, "a file", folder, NULL);
  g_assert_nonnull (program);
  NnOnnxBudget budget = usual_budget ();
  g_autoptr (NnOnnxValue) y = NULL;
  g_autoptr (GError) error = NULL;
  if (!nn_onnx_program_run (program, &budget, NULL, NULL, &y, &error)) {
    g_test_message ("%s", error->message);
    g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
    return FALSE;
  }
  *value = y->real[1];
  return TRUE;
}

static void
test_external (void)
{
  const float numbers[] = { 1, 2, 3 };
  g_autofree char *top = g_dir_make_tmp ("onnx-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "model", NULL),
                  *below = g_build_filename (folder, "below", NULL);
  g_autofree char *data = g_build_filename (below, "data", NULL),
                  *secret = g_build_filename (top, "secret", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL),
                  *door = g_build_filename (folder, "door", NULL);
  double value = 0;
  g_assert_cmpint (g_mkdir_with_parents (below, 0700), ==, 0);
  g_assert_true (g_file_set_contents (data, (const char *) numbers, sizeof numbers, NULL));
  g_assert_true (g_file_set_contents (secret, (const char *) numbers, sizeof numbers, NULL));
  g_assert_cmpint (symlink (secret, link), ==, 0);
  g_assert_cmpint (symlink (top, door), ==, 0);
  g_assert_true (run_external (folder, "below/data", "4", &value));
  g_assert_cmpfloat (value, ==, 3);
  static const char *const outside[]
      = { "../secret", "below/../../secret", "link",        "door/secret", "", ".",
          "below",     "below//data",        "/etc/passwd", "absent" };
  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    g_assert_false (run_external (folder, outside[i], "0", &value));
  g_assert_false (run_external (folder, secret, "0", &value));
  g_assert_false (run_external (NULL, "below/data", "0", &value));
  static const char *const offsets[] = { "5", "8", "12", "18446744073709551615", "-4", "x" };
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    g_assert_false (run_external (folder, "below/data", offsets[i], &value));
  const char *const all[] = { link, door, data, below, folder, secret, top };
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_cmpint (g_remove (all[i]), ==, 0);
}

/* Every change of one byte of a model is run as well. */
static void
test_flipped (void)
{
  g_autoptr (NnModel) model = test_network_from_json (
      "{\"format\":1,\"name\":\"small\",\"input\":{\"height\":4,\"width\":3,\"channels\":2},\"layers\":["
      "{\"op\":\"conv2d\",\"name\":\"conv\",\"filters\":3,\"kernel\":3,\"groups\":1},{\"op\":\"max_pool\"},"
      "{\"op\":\"batch_norm\",\"name\":\"norm\"},{\"op\":\"flatten\"},"
      "{\"op\":\"dense\",\"name\":\"out\",\"units\":\"classes\"}]}");
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes (model, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint good = 0;
  for (gsize i = 0; i < size; i++) {
    guint8 *copy = g_memdup2 (data, size);
    copy[i] ^= (guint8) (1 << i % 8);
    g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (changed, "a file", NULL, &error);
    g_assert_true ((program == NULL) == (error != NULL));
    if (program == NULL || nn_onnx_program_get_n_inputs (program) != 1
        || nn_onnx_program_get_n_outputs (program) != 1)
      continue;
    NnOnnxBudget budget = { (gsize) 4 << 20, 1000000 };
    g_autoptr (NnOnnxValue) x = fixture_value (&budget, 4, (const gsize[]){ 1, 2, 4, 3 }, NULL);
    g_autoptr (NnOnnxValue) y = NULL;
    gboolean ok = nn_onnx_program_run (program, &budget, &x, NULL, &y, &error);
    g_assert_true (ok == (error == NULL));
    good += ok;
  }
  g_assert_cmpuint (good, >, size / 4); /* most of the file is text and numbers */
}

static void
test_npy_types (void)
{
  g_autofree char *folder = g_dir_make_tmp ("npy-XXXXXX", NULL),
                  *path = g_build_filename (folder, "a.npy", NULL);
  for (int number = 1; number <= 13; number++) {
    const NnOnnxType *type = nn_onnx_type (number);
    g_autoptr (GError) error = NULL;
    NnOnnxBudget budget = usual_budget ();
    if (type == NULL)
      continue;
    g_autoptr (NnOnnxValue) value = nn_onnx_value_new (&budget, type, 3, (const gsize[]){ 2, 1, 2 }, &error);
    const double numbers[] = { 0, 1, 0.333251953125, 6.103515625e-05 }; /* both exact in 16 bits */
    for (guint i = 0; i < 4; i++) {
      if (type->real)
        value->real[i] = numbers[i];
      else
        value->whole[i] = nn_onnx_type_wrap (type, i == 3 ? -1 : (gint64) i * 100);
    }
    if (number == NN_ONNX__TENSOR_PROTO__DATA_TYPE__UINT64)
      value->whole[3] = G_MAXINT64;
    g_assert_true (nn_npy_write (value, path, &error));
    g_autoptr (NnOnnxValue) again = nn_npy_read (path, &budget, &error);
    g_assert_no_error (error);
    g_assert_true (again->type == type);
    g_assert_cmpuint (again->rank, ==, 3);
    g_assert_cmpmem (again->dims, 3 * sizeof (gsize), value->dims, 3 * sizeof (gsize));
    if (type->real)
      g_assert_cmpmem (again->real, 4 * sizeof (double), value->real, 4 * sizeof (double));
    else
      g_assert_cmpmem (again->whole, 4 * sizeof (gint64), value->whole, 4 * sizeof (gint64));
  }
  g_remove (path);
  g_rmdir (folder);
}

static const struct {
  const char *header;
  guint bytes;
  int code; /* -1: it can be read */
} headers[] = {
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24, -1 },
  { "{\"shape\": (3,), 'fortran_order': True, 'descr': '>i8'}   \n", 24, -1 },
  { "{'descr': '|b1', 'fortran_order': False, 'shape': ()}", 1, -1 },
  { "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 1000000)}", 0, -1 },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }", 24, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }", 24, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)", 24, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': ()}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '|O', 'fortran_order': False, 'shape': ()}", 8, NN_ERROR_UNSUPPORTED },
  { "{'descr': '<c8', 'fortran_order': False, 'shape': ()}", 8, NN_ERROR_UNSUPPORTED },
  { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", 4, NN_ERROR_UNSUPPORTED },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4, NN_ERROR_BAD_INPUT },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 4, NN_ERROR_UNSUPPORTED },
  { "{'descr': '<f4", 4, NN_ERROR_UNSUPPORTED },
  { "", 4, NN_ERROR_BAD_INPUT },
};

static void
test_npy_headers (void)
{
  g_autofree char *folder = g_dir_make_tmp ("npy-XXXXXX", NULL),
                  *path = g_build_filename (folder, "a.npy", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GByteArray) file = g_byte_array_new ();
    guint16 length = (guint16) strlen (headers[i].header);
    const guint8 start[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (guint8) length, (guint8) (length >> 8) };
    g_byte_array_append (file, start, sizeof start);
    g_byte_array_append (file, (const guint8 *) headers[i].header, length);
    for (guint k = 0; k < headers[i].bytes; k++)
      g_byte_array_append (file, (const guint8 *) "\0", 1);
    g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
    g_autoptr (GError) error = NULL;
    NnOnnxBudget budget = usual_budget ();
    g_autoptr (NnOnnxValue) value = nn_npy_read (path, &budget, &error);
    g_test_message ("%s: %s", headers[i].header, error != NULL ? error->message : "read");
    if (headers[i].code < 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, NN_ERROR, headers[i].code);
  }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < test_network_count (); i++) {
    g_autofree char *path = g_strdup_printf ("/run/own/%s", test_network_name (i));
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_own);
  }
  for (guint i = 0; i < G_N_ELEMENTS (unsound); i++) {
    g_autofree char *path = g_strdup_printf ("/run/unsound/%s", unsound[i].name);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_unsound);
  }
  g_test_add_func ("/run/greedy", test_greedy);
  g_test_add_func ("/run/busy", test_busy);
  g_test_add_func ("/run/opset", test_opset);
  g_test_add_func ("/run/external", test_external);
  g_test_add_func ("/run/flipped", test_flipped);
  g_test_add_func ("/npy/types", test_npy_types);
  g_test_add_func ("/npy/headers", test_npy_headers);
  return g_test_run ();
}
