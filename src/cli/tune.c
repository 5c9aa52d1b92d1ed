/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "output.h"

#include "base/error.h"
#include "onnx/onnx-file.h"
#include "train/tuning.h"

void
cli_tune (NnTuner *tuner, GCancellable *cancellable)
{
  guint done = 0, total = 0;
  if (tuner == NULL)
    return;
  g_printerr ("Tuning for this device: finding the fastest kernels, once (--no-tune leaves it out)\n");
  g_autoptr (CliProgress) bar = cli_progress_new ();
  gint64 start = g_get_monotonic_time ();
  while (!g_cancellable_is_cancelled (cancellable) && nn_tuner_advance (tuner)) {
    nn_tuner_get_progress (tuner, &done, &total);
    g_autofree char *text = total > 0 ? g_strdup_printf ("tuning for this device, %u of %u", done, total)
                                      : g_strdup ("tuning for this device");
    cli_progress_update (bar, total > 0 ? (double) done / total : 0, text);
  }
  g_autofree char *time = cli_format_time ((double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  cli_progress_line (bar, "Tuned in %s: tried %u of %u ways, a step should take %.2f ms less", time, done, total,
                     nn_tuner_get_gain (tuner));
}

gboolean
cli_take_kernels (const char *path, NnModel *start, GError **error)
{
  g_autoptr (NnModel) model = nn_onnx_load (path, error);
  if (model == NULL)
    return FALSE;
  if (nn_model_get_metadata (model, NN_TUNING_KEY) == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "“%s” doesn't tell which kernels it was trained with; leave out --kernels-of.", path);
    return FALSE;
  }
  nn_tuning_copy (start, model);
  return TRUE;
}
