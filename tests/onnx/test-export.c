/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every small test network in every form of export: what can be run says the same, what can't be written is refused. */
#include "networks.h"

#include "base/error.h"
#include "onnx/export/export.h"
#include "onnx/onnx-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *folder;

static gboolean
is_recurrent (NnModel *model)
{
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const char *op = nn_graph_get_node (graph, i)->op->id;
    if (g_str_equal (op, "rnn") || g_str_equal (op, "gru") || g_str_equal (op, "lstm"))
      return TRUE;
  }
  return FALSE;
}

static void
assert_onnx (NnModel *model, const NnExportSamples *samples, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "net.onnx", NULL), *text = NULL;
  double difference;
  nn_export_write (model, nn_export_find (id, NULL), path, samples, NULL, &difference, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (difference, <, 1e-5);
  g_autoptr (NnModel) again = nn_onnx_load (path, &error);
  g_assert_no_error (error);
  text = nn_export_verify_text (difference, samples);
  g_assert_cmpstr (nn_model_get_metadata (again, NN_EXPORT_KEY), ==, text);
  /* What has been verified can be saved again, with nothing moved. */
  g_autoptr (GBytes) saved = nn_onnx_to_bytes_as (again, g_str_equal (id, "onnx") ? NN_ONNX_OPSET : NN_ONNX_OPSET_OLD,
                                                  NULL, &error);
  g_autofree char *contents = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (saved, NULL), g_bytes_get_size (saved));
}

static void
assert_safetensors (NnModel *model, const NnExportSamples *samples)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "net.safetensors", NULL);
  double difference;
  nn_export_write (model, nn_export_find ("safetensors", NULL), path, samples, NULL, &difference, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (difference, ==, 0);
}

/* Compiled and run: its own test compares it with the engine. */
static void
assert_c (NnModel *model, const NnExportSamples *samples)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "net.c", NULL), *program = g_build_filename (folder, "net", NULL);
  g_autofree char *compiler = g_find_program_in_path ("cc"), *output = NULL;
  double difference;
  int status;
  gboolean ok = nn_export_write (model, nn_export_find ("c", NULL), path, samples, NULL, &difference, &error);
  if (is_recurrent (model)) {
    g_assert_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED);
    return;
  }
  g_assert_no_error (error);
  g_assert_true (ok && isnan (difference));
  if (compiler == NULL) {
    g_test_message ("there is no C compiler to compile %s with", path);
    return;
  }
  const char *compile[] = { compiler, "-std=c99", "-pedantic", "-Wall",   "-Werror", "-DNET_TEST",
                            "-o",     program,    path,        "-lm", NULL };
  const char *run[] = { program, NULL };
  g_assert_true (g_spawn_sync (NULL, (char **) compile, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) run, NULL, 0, NULL, NULL, &output, NULL, &status, NULL));
  g_test_message ("%s", output);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_assert_cmpfloat (g_ascii_strtod (strrchr (output, ' ') + 1, NULL), <, 1e-5);
}

static void
test_network (gconstpointer data)
{
  g_autoptr (NnModel) model = test_network_new (GPOINTER_TO_UINT (data));
  g_autoptr (NnExportSamples) samples = nn_export_samples_new_random (model);
  assert_onnx (model, samples, "onnx");
  assert_onnx (model, samples, "onnx-opset10");
  assert_safetensors (model, samples);
  assert_c (model, samples);
}

/* An answer that isn't the file's: nothing is written. */
static void
test_differs (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "other.onnx", NULL);
  g_autoptr (NnModel) model = test_network_new (test_network_count () - 1);
  g_autoptr (NnExportSamples) samples = nn_export_samples_new_random (model);
  double difference;
  samples->probabilities[1] += 0.01f;
  g_assert_false (nn_export_write (model, nn_export_find ("onnx", NULL), path, samples, NULL, &difference, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_FAILED);
  g_assert_cmpfloat_with_epsilon (difference, 0.01, 1e-3);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* What can't be is known before: the reason names the layer. Of C no header stays without its source. */
static void
test_c_refuses (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "no-such-folder", "net.c", NULL), *second = NULL, *header = NULL;
  const NnExportFormat *c = nn_export_find ("c", NULL);
  guint n_refused = 0;
  for (guint i = 0; i < test_network_count (); i++) {
    g_autoptr (NnModel) model = test_network_new (i);
    g_assert_true (nn_export_check (model, nn_export_find ("onnx", NULL), &error));
    if (nn_export_check (model, c, &error))
      continue;
    g_assert_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED);
    g_assert_true (is_recurrent (model));
    g_clear_error (&error);
    n_refused++;
  }
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_null (nn_export_second_path (nn_export_find ("onnx", NULL), path));
  second = nn_export_second_path (c, "/tmp/My Net.c");
  g_assert_cmpstr (second, ==, "/tmp/my_net.h");
  /* A header of somebody else's isn't replaced; the source's place is taken by a folder. */
  g_autoptr (NnModel) model = test_network_new (0);
  g_autoptr (NnExportSamples) samples = nn_export_samples_new_random (model);
  g_autofree char *taken = g_build_filename (folder, "taken.c", NULL);
  double difference;
  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  header = nn_export_second_path (c, taken);
  g_assert_false (nn_export_write (model, c, taken, samples, NULL, &difference, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (header, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (taken), ==, 0);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (header, "#define MINE 1\n", -1, NULL));
  g_assert_false (nn_export_write (model, c, taken, samples, NULL, &difference, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_assert_false (g_file_test (taken, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (header), ==, 0);
}

static void
test_formats (void)
{
  g_autoptr (GError) error = NULL;
  for (const NnExportFormat *format = nn_export_formats (); format->id != NULL; format++)
    g_assert_true (nn_export_find (format->id, NULL) == format);
  g_assert_null (nn_export_find ("pickle", &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (error->message, "safetensors"));
}

int
main (int argc, char **argv)
{
  static const char *const files[] = { "net.onnx", "net.safetensors", "net.c", "net.h", "net" };
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("export-XXXXXX", NULL);
  for (guint i = g_strv_length ((char **) nn_preset_names ()); i < test_network_count (); i++) {
    g_autofree char *path = g_strdup_printf ("/export/%s", test_network_name (i));
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_network);
  }
  g_test_add_func ("/export/differs", test_differs);
  g_test_add_func ("/export/formats", test_formats);
  g_test_add_func ("/export/c-refuses", test_c_refuses);
  int result = g_test_run ();
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i], NULL);
    g_remove (path);
  }
  g_rmdir (folder);
  g_free (folder);
  return result;
}
