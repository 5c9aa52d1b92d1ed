/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes saved models at random, opens them and runs them by the interpreter, for a number of seconds. Meant to be built
 * with the sanitizers:
 *
 *   meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false
 *   build-asan/tests/fuzz/fuzz-onnx 600 7
 *
 * takes 600 seconds from seed 7. What it opens lies in the file fuzz-onnx.input when it dies. */
#include "../onnx/networks.h"

#include "base/random.h"
#include "onnx/onnx-file.h"
#include "onnx/run/program.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SEED_BYTES 20000
#define INPUT "fuzz-onnx.input"

/* Bytes and words that break counts, lengths and texts. */
static const char *const spice[] = {
  "\xff\xff\xff\xff\x0f",
  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
  "\x80\x80\x80\x80\x10",
  "\x01",
  "\xff",
  "[",
  "{\"",
  "null",
  "-1",
  "1e999",
  "4294967297",
  "9223372036854775807",
  "\\u0000",
  "\"classes\"",
  "\"inputs\":[\"norm\"],",
  "\"units\":65536,",
  "softmax",
  "Softmax",
  "Conv",
  "MaxPool",
  "Gemm",
  "Slice",
  "Expand",
  "Reshape",
  "Transpose",
  "Pad",
  "kernel_shape",
  "pads",
  "axis",
};

static GByteArray *
copy_of (GBytes *bytes)
{
  GByteArray *array = g_byte_array_new ();
  return g_byte_array_append (array, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
}

static void
insert (GByteArray *array, guint place, const void *data, guint n)
{
  guint old = array->len;
  g_byte_array_set_size (array, old + n);
  memmove (array->data + place + n, array->data + place, old - place);
  memcpy (array->data + place, data, n);
}

static void
mutate (GByteArray *array, NnRandom *random)
{
  if (array->len == 0)
    return;
  guint place = nn_random_below (random, array->len);
  guint n = 1 + nn_random_below (random, MIN (array->len - place, 40));
  const char *word = spice[nn_random_below (random, G_N_ELEMENTS (spice))];
  switch (nn_random_below (random, 6)) {
  case 0:
    array->data[place] ^= (guint8) (1 << nn_random_below (random, 8));
    break;
  case 1:
    array->data[place] = (guint8) nn_random_uint32 (random);
    break;
  case 2: /* over what was there, so that lengths stay right */
    memcpy (array->data + place, word, MIN (strlen (word), array->len - place));
    break;
  case 3:
    insert (array, place, word, (guint) strlen (word));
    break;
  case 4:
    g_byte_array_remove_range (array, place, n);
    break;
  default: {
    g_autofree guint8 *piece = g_memdup2 (array->data + place, n);
    insert (array, nn_random_below (random, array->len), piece, n);
    break;
  }
  }
}

/* Returns: (transfer full): the small ones of the test networks, saved */
static GPtrArray *
make_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < test_network_count (); i++) {
    g_autoptr (NnModel) model = test_network_new (i);
    g_autoptr (GBytes) bytes = nn_onnx_to_bytes (model, NULL);
    if (bytes != NULL && g_bytes_get_size (bytes) <= MAX_SEED_BYTES)
      g_ptr_array_add (seeds, g_steal_pointer (&bytes));
  }
  return seeds;
}

/* Runs what can be run, on pictures of the shape that the file itself names, within a small budget. Returns: whether
 * it gave an answer */
static gboolean
run (GBytes *bytes, NnModel *model)
{
  NnOnnxBudget budget = { (gsize) 16 << 20, 2000000 };
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, INPUT, ".", NULL);
  const NnShape *shape = model != NULL ? nn_graph_get_input_shape (nn_model_get_graph (model)) : &NN_SHAPE (6, 5, 3);
  const gsize dims[] = { 1, shape->dims[2], shape->dims[0], shape->dims[1] };
  if (program == NULL || nn_onnx_program_get_n_inputs (program) != 1)
    return FALSE;
  g_autoptr (NnOnnxValue) x = nn_onnx_value_new (&budget, nn_onnx_type (1), 4, dims, NULL);
  guint n = nn_onnx_program_get_n_outputs (program);
  g_autofree NnOnnxValue **outputs = g_new0 (NnOnnxValue *, n);
  gboolean ok = x != NULL && nn_onnx_program_run (program, &budget, &x, NULL, outputs, NULL);
  for (guint i = 0; i < n; i++)
    nn_onnx_value_unref (outputs[i]);
  return ok;
}

int
main (int argc, char **argv)
{
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 2;
  NnRandom random;
  nn_random_init (&random, argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1, 1);
  g_autoptr (GPtrArray) seeds = make_seeds ();
  guint runs = 0, opened = 0, answered = 0;
  for (gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
       g_get_monotonic_time () < end; runs++) {
    g_autoptr (GByteArray) array = copy_of (g_ptr_array_index (seeds, nn_random_below (&random, seeds->len)));
    for (guint n = 1 + nn_random_below (&random, 6); n > 0; n--)
      mutate (array, &random);
    g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
    g_file_set_contents_full (INPUT, (const char *) array->data, array->len, G_FILE_SET_CONTENTS_NONE, 0666,
                              NULL);
    g_autoptr (NnModel) model = nn_onnx_from_bytes (bytes, INPUT, NULL);
    opened += model != NULL;
    answered += run (bytes, model);
  }
  g_unlink (INPUT);
  printf ("%u files from %u seeds, %u of them opened, %u run\n", runs, seeds->len, opened, answered);
  return runs > 0 ? 0 : 1;
}
