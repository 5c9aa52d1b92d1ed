/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run-onnx: an ONNX file, whoever made it, by the interpreter: what a model says, for comparison with what
 * others make of it. No device is needed.
 */
#include "config.h"

#include "command.h"
#include "output.h"

#include "onnx/run/npy.h"
#include "onnx/run/program.h"

#include <glib/gstdio.h>
#include <stdio.h>

static gboolean
read_inputs (NnOnnxProgram *program, int n, char **paths, NnOnnxBudget *budget, GPtrArray *values,
             GError **error)
{
  if ((guint) n != nn_onnx_program_get_n_inputs (program)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "The model has %u inputs and %d are given. Give a file for each.",
                 nn_onnx_program_get_n_inputs (program), n);
    return FALSE;
  }
  for (int i = 0; i < n; i++) {
    NnOnnxValue *value = nn_npy_read (paths[i], budget, error);
    if (value == NULL)
      return FALSE;
    g_ptr_array_add (values, value);
  }
  return TRUE;
}

static gboolean
write_output (const NnOnnxValue *value, const char *folder, guint index, JsonBuilder *builder, GError **error)
{
  g_autofree char *name = g_strdup_printf ("output_%u.npy", index);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shape = nn_onnx_shape_string (value->rank, value->dims);
  if (!nn_npy_write (value, path, error))
    return FALSE;
  if (builder == NULL) {
    printf ("%s  %s %s\n", path, value->type->name, shape);
    return TRUE;
  }
  json_builder_begin_object (builder);
  cli_json_string (builder, "path", path);
  cli_json_string (builder, "type", value->type->name);
  cli_json_string (builder, "shape", shape);
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
write_outputs (Cli *cli, GPtrArray *values, const char *folder, GError **error)
{
  g_autoptr (JsonBuilder) builder = cli->json ? json_builder_new () : NULL;
  if (builder != NULL) {
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "outputs");
    json_builder_begin_array (builder);
  }
  for (guint i = 0; i < values->len; i++)
    if (!write_output (g_ptr_array_index (values, i), folder, i, builder, error))
      return FALSE;
  if (builder != NULL) {
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    cli_print_json (builder);
  }
  return TRUE;
}

gboolean
cli_run_run_onnx (Cli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *folder = NULL;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Write output_0.npy, output_1.npy … into this folder",
      "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  cli->exit_unsupported = CLI_EXIT_UNSUPPORTED;
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  if (folder == NULL
      || (!g_file_test (folder, G_FILE_TEST_IS_DIR) && g_mkdir_with_parents (folder, 0777) != 0)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "--out needs a folder that can be written to.");
    return FALSE;
  }
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_load (argv[1], error);
  if (program == NULL)
    return FALSE;
  NnOnnxBudget budget = { NN_ONNX_RUN_BYTES, NN_ONNX_RUN_WORK };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_onnx_value_unref);
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_onnx_value_unref);
  if (!read_inputs (program, argc - 2, argv + 2, &budget, inputs, error))
    return FALSE;
  g_autofree NnOnnxValue **results = g_new0 (NnOnnxValue *, nn_onnx_program_get_n_outputs (program));
  if (!nn_onnx_program_run (program, &budget, (NnOnnxValue *const *) inputs->pdata, cli->cancellable, results,
                            error))
    return FALSE;
  for (guint i = 0; i < nn_onnx_program_get_n_outputs (program); i++)
    g_ptr_array_add (outputs, results[i]);
  return write_outputs (cli, outputs, folder, error);
}
