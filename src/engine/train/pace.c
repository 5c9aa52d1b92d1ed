/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/pace.h"

#include "base/error.h"

#include <glib/gi18n.h>

#define PART_MS 5.0
/* So long after a question another one is likely: a pen moves. */
#define WANTED_US 300000

typedef cl_event Event;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Event, clReleaseEvent, NULL)

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

static gboolean
take_turns (NnPace *self, NnContext *context, cl_event *running, GError **error)
{
  if (!wait_for (context, running, error))
    return FALSE;
  if (self->others (self->data))
    self->wanted = g_get_monotonic_time ();
  return TRUE;
}

/* The event of what runs last is left in @running. */
static gboolean
run_parts (NnPace *self, NnContext *context, NnCommands *commands, guint n_parts, cl_event *running, GError **error)
{
  guint n = nn_commands_get_length (commands);
  for (guint part = 0; part < n_parts; part++) {
    gboolean alone = g_get_monotonic_time () - self->wanted < WANTED_US;
    g_auto (Event) queued = NULL;
    if (alone && part > 0 && !take_turns (self, context, running, error))
      return FALSE;
    if (!nn_commands_run_part (commands, n * part / n_parts, n * (part + 1) / n_parts, &queued, error))
      return FALSE;
    clFlush (nn_context_get_queue (context));
    if (!alone && part > 0 && !take_turns (self, context, running, error))
      return FALSE;
    *running = g_steal_pointer (&queued);
  }
  return TRUE;
}

gboolean
nn_pace_run (NnPace *self, NnContext *context, NnCommands *commands, double milliseconds, GError **error)
{
  guint n_parts = 1;
  if (nn_pace_is_long (self, milliseconds))
    n_parts = (guint) MIN (milliseconds / PART_MS, nn_commands_get_length (commands));
  g_auto (Event) running = NULL;
  return run_parts (self, context, commands, n_parts, &running, error) && wait_for (context, &running, error);
}
