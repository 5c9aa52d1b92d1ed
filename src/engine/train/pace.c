/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/pace.h"

#include "base/error.h"

#include <glib/gi18n.h>

#define PART_MS 5.0

gboolean
nn_pace_is_long (const NnPace *self, double milliseconds)
{
  return self->others != NULL && milliseconds > 2 * PART_MS;
}

static gboolean
wait_for (NnContext *context, cl_event *event, GError **error)
{
  if (*event == NULL)
    return TRUE;
  cl_int status = clWaitForEvents (1, event);
  clReleaseEvent (*event);
  *event = NULL;
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("The device “%s” failed in a training step"),
                            nn_device_get_name (nn_context_get_device (context)));
  return TRUE;
}

gboolean
nn_pace_run (const NnPace *self, NnContext *context, NnCommands *commands, double milliseconds, GError **error)
{
  guint n = nn_commands_get_length (commands), n_parts = 1;
  if (nn_pace_is_long (self, milliseconds))
    n_parts = (guint) MIN (milliseconds / PART_MS, n);
  cl_event running = NULL, queued = NULL;
  gboolean ok = TRUE;
  for (guint part = 0; ok && part < n_parts; part++) {
    ok = nn_commands_run_part (commands, n * part / n_parts, n * (part + 1) / n_parts, &queued, error);
    clFlush (nn_context_get_queue (context));
    ok = ok && wait_for (context, &running, error);
    running = g_steal_pointer (&queued);
    if (ok && part > 0)
      self->others (self->data);
  }
  if (!ok) {
    g_clear_pointer (&running, clReleaseEvent);
    return FALSE;
  }
  return wait_for (context, &running, error);
}
