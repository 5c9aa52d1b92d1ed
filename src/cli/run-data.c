/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-data.h"

#include "cl/device-list.h"
#include "onnx/onnx-file.h"
#include "onnx/pixel-range.h"

#include <string.h>

#define REJECTS_SHOWN 5

static const char *const part_names[] = { "train", "val", "test", "all" }; /* in the order of NnSplit */

static gboolean
show_compiling (guint done, guint total, gpointer data)
{
  static CliProgress *bar;
  if (bar == NULL)
    bar = cli_progress_new ();
  g_autofree char *text = g_strdup_printf ("compiling for this device, %u of %u", done, total);
  cli_progress_update (bar, (double) done / total, text);
  if (done == total)
    g_clear_pointer (&bar, cli_progress_free);
  return TRUE;
}

NnContext *
cli_open_device (const char *wanted, GError **error)
{
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  g_autoptr (NnDevice) device = nn_device_list_find (list, wanted, error);
  if (device == NULL)
    return NULL;
  NnContext *context = nn_context_new (device, error);
  if (context)
    nn_context_set_compiling_func (context, show_compiling, NULL);
  return context;
}

void
cli_reading_update (double fraction, gpointer reading)
{
  CliReading *self = reading;
  cli_progress_update (self->bar, fraction, self->text);
}

NnDataset *
cli_import (Cli *cli, const char *path, GError **error)
{
  const char *const paths[] = { path, NULL };
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "looking for pictures" };
  return nn_dataset_import (paths, NULL, cli->cancellable, cli_reading_update, &reading, error);
}

void
cli_print_rejects (NnDataset *dataset)
{
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (dataset);
  if (rejects->len == 0)
    return;
  g_printerr ("%u files are not used (“perceptron-cli inspect” lists them all):\n", rejects->len);
  for (guint i = 0; i < MIN (rejects->len, REJECTS_SHOWN); i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    g_printerr ("  %s: %s\n", reject->name, reject->reason);
  }
}

NnModel *
cli_load_model (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return nn_onnx_load (path, error);
  g_autofree char *shown = g_filename_display_name (path);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "There is no model “%s”%s.", shown,
               g_file_test (path, G_FILE_TEST_IS_DIR) ? ": it is a folder" : "");
  return NULL;
}

gboolean
cli_choose_part (NnDataset *dataset, const char *wanted, NnSplit *part, GError **error)
{
  for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS (part_names); i++)
    if (strcmp (wanted, part_names[i]) == 0) {
      *part = (NnSplit) i;
      return TRUE;
    }
  if (wanted != NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "--part is “%s”; it must be train, val, test or all.", wanted);
    return FALSE;
  }
  *part = NN_SPLIT_ALL;
  if (nn_dataset_count (dataset, NN_SPLIT_TEST, -1) > 0)
    *part = NN_SPLIT_TEST;
  else if (nn_dataset_has_own_split (dataset) && nn_dataset_count (dataset, NN_SPLIT_VAL, -1) > 0)
    *part = NN_SPLIT_VAL;
  return TRUE;
}

const char *
cli_part_name (NnSplit part)
{
  return part_names[part];
}

NnModel *
cli_load_model_as (const char *path, const char *pixels, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model (path, error);
  if (model == NULL || (pixels != NULL && !nn_onnx_set_pixel_range (model, pixels, error)))
    return NULL;
  return g_steal_pointer (&model);
}
