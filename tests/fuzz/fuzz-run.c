/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes sound files of senseless graphs and runs them by the interpreter: every operator, with attributes,
 * shapes and numbers that nobody would give it. With the sanitizers, as fuzz-onnx.c:
 *
 *   build-asan/tests/fuzz/fuzz-run 1000000 7
 *
 * makes a million files from seed 7. */
#include "../onnx/run-fixture.h"

#include "base/random.h"
#include "onnx/run/operator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_NODES 4

static const char *const int_names[] = { "axis",
                                         "group",
                                         "ceil_mode",
                                         "count_include_pad",
                                         "transA",
                                         "transB",
                                         "keepdims",
                                         "allowzero",
                                         "layout",
                                         "linear_before_reset",
                                         "to",
                                         "start",
                                         "end",
                                         "hidden_size",
                                         "broadcast",
                                         "is_test",
                                         "noop_with_empty_axes" };
static const char *const list_names[]
    = { "kernel_shape", "strides", "pads",  "dilations", "perm",       "axes",
        "starts",       "ends",    "split", "shape",     "value_ints", "paddings" };
static const char *const float_names[]
    = { "alpha", "beta", "epsilon", "clip", "value", "min", "max", "value_float" };
static const gint64 numbers[]
    = { 0,  0,  1,  1,  1,   2,     2,       3,          4,          5,          7,
        -1, -1, -2, -3, 100, 65536, 1 << 30, G_MAXINT32, G_MININT32, G_MAXINT64, G_MININT64 };

static gint64
any_number (NnRandom *random, guint tame)
{
  return numbers[nn_random_below (random, (guint32) (G_N_ELEMENTS (numbers) - tame))];
}

/* A constant: floats of a small shape, or a short list of whole numbers. */
static const char *
any_constant (NnOnnxWriter *writer, NnRandom *random)
{
  if (nn_random_below (random, 3) == 0) {
    gint64 list[8];
    guint n = nn_random_below (random, 6);
    for (guint i = 0; i < n; i++)
      list[i] = any_number (random, nn_random_below (random, 4) > 0 ? 7 : 0);
    return nn_onnx_writer_indices (writer, n, list);
  }
  float data[256] = { 0 };
  guint dims[5], rank = nn_random_below (random, 5), size = 1;
  for (guint i = 0; i < rank; i++) {
    dims[i] = nn_random_below (random, 8) == 0 ? 0 : 1 + nn_random_below (random, 3);
    size *= dims[i];
  }
  for (guint i = 0; i < size; i++)
    data[i] = nn_random_below (random, 50) == 0 ? NAN : nn_random_normal (random);
  const char *name = nn_onnx_writer_print (writer, "c%u", writer->constants->len);
  return nn_onnx_writer_floats (writer, name, rank, dims, data);
}

static void
add_attributes (NnOnnxWriter *writer, NnRandom *random)
{
  for (guint n = nn_random_below (random, 6); n > 0; n--) {
    gint64 list[10];
    guint length = nn_random_below (random, 7);
    for (guint i = 0; i < length; i++)
      list[i] = any_number (random, nn_random_below (random, 4) > 0 ? 11 : 0);
    switch (nn_random_below (random, 5)) {
    case 0:
    case 1:
      nn_onnx_writer_int (writer, int_names[nn_random_below (random, G_N_ELEMENTS (int_names))],
                          any_number (random, 8));
      break;
    case 2:
    case 3:
      nn_onnx_writer_ints (writer, list_names[nn_random_below (random, G_N_ELEMENTS (list_names))], length,
                           list);
      break;
    default:
      nn_onnx_writer_float (writer, float_names[nn_random_below (random, G_N_ELEMENTS (float_names))],
                            nn_random_normal (random));
    }
  }
}

static const NnOnnxOperator *
any_operator (NnRandom *random)
{
  static const NnOnnxOperator *const families[] = {
    nn_onnx_conv_operators,      nn_onnx_data_operators,   nn_onnx_elementwise_operators,
    nn_onnx_layout_operators,    nn_onnx_matrix_operators, nn_onnx_pool_operators,
    nn_onnx_recurrent_operators, nn_onnx_reduce_operators, nn_onnx_unary_operators,
  };
  const NnOnnxOperator *family = families[nn_random_below (random, G_N_ELEMENTS (families))];
  guint n = 0;
  while (family[n].name != NULL)
    n++;
  return &family[nn_random_below (random, n)];
}

/* Returns: (transfer full): a file without inputs, whose one output is the last node's */
static GBytes *
any_file (NnRandom *random)
{
  static const gint64 sets[] = { 1, 6, 9, 10, 11, 13, 17, 18, 21, 25 };
  g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
  const char *last = NULL;
  for (guint i = 1 + nn_random_below (random, MAX_NODES); i > 0; i--) {
    const NnOnnxOperator *op = any_operator (random);
    const char *inputs[9] = { NULL };
    guint most = MIN (op->max_inputs, 8);
    guint n = op->min_inputs + nn_random_below (random, most - op->min_inputs + 1);
    for (guint k = 0; k < n; k++)
      inputs[k] = last != NULL && nn_random_below (random, 3) == 0          ? last
                  : k >= op->min_inputs && nn_random_below (random, 4) == 0 ? ""
                                                                            : any_constant (writer, random);
    writer->prefix = nn_onnx_writer_print (writer, "n%u", i);
    last = nn_onnx_writer_add (writer, op->name, NULL, inputs);
    add_attributes (writer, random);
  }
  return fixture_pack (writer, sets[nn_random_below (random, G_N_ELEMENTS (sets))], FIXTURE_NAMES (NULL),
                       FIXTURE_NAMES (last), NULL);
}

int
main (int argc, char **argv)
{
  guint64 files = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 10000, good = 0;
  NnRandom random;
  nn_random_init (&random, argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1, 1);
  for (guint64 i = 0; i < files; i++) {
    g_autoptr (GBytes) bytes = any_file (&random);
    g_autoptr (GError) error = NULL;
    g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, "a file", NULL, &error);
    NnOnnxBudget budget = { (gsize) 1 << 20, 200000 };
    NnOnnxValue *output = NULL;
    gboolean ok = program != NULL && nn_onnx_program_run (program, &budget, NULL, NULL, &output, &error);
    nn_onnx_value_unref (output);
    if (ok != (error == NULL) || budget.bytes != (gsize) 1 << 20) {
      fprintf (stderr, "file %" G_GUINT64_FORMAT ": %s, %zu bytes are missing\n", i, ok ? "run" : "failed",
               ((gsize) 1 << 20) - budget.bytes);
      return 1;
    }
    good += ok;
  }
  printf ("%" G_GUINT64_FORMAT " files, %" G_GUINT64_FORMAT " of them run\n", files, good);
  return good > 0 ? 0 : 1;
}
