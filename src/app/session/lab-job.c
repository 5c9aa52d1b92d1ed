/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/lab-job.h"

/* Long enough for a steady figure, short enough to wait for. */
#define TRAINING_SECONDS "4"
#define LATENCY_SECONDS "1.5"
/* The share of a device's time that goes to training, for the progress bar. */
#define TRAINING_SHARE 0.75

PcnLabJob *
pcn_lab_job_new (PcnLabJobKind kind, NnDevice *device, guint index)
{
  PcnLabJob *self = g_new0 (PcnLabJob, 1);

  *self = (PcnLabJob){ .kind = kind,
                       .id = g_strdup (nn_device_get_id (device)),
                       .name = g_strdup (nn_device_get_name (device)),
                       .index = index };
  return self;
}

void
pcn_lab_job_free (PcnLabJob *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

char **
pcn_lab_job_make_arguments (const PcnLabJob *self, const PcnBenchmarkTask *task)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add_many (builder, self->kind == PCN_LAB_TEST ? "selftest" : "bench", "--device", self->id, NULL);
  if (self->kind != PCN_LAB_TEST) {
    g_autofree char *batch = g_strdup_printf ("%u", task->batch);
    g_autofree char *classes = g_strdup_printf ("%u", task->n_classes);
    g_strv_builder_add_many (builder, "--net", task->net, "--batch", batch, "--classes", classes,
                             "--seconds", self->kind == PCN_LAB_LATENCY ? LATENCY_SECONDS : TRAINING_SECONDS,
                             NULL);
    if (task->input)
      g_strv_builder_add_many (builder, "--input", task->input, NULL);
    if (self->kind == PCN_LAB_LATENCY)
      g_strv_builder_add (builder, "--latency");
  }
  return g_strv_builder_end (builder);
}

double
pcn_lab_job_get_fraction (const PcnLabJob *self, double part)
{
  return self->kind == PCN_LAB_TRAINING ? part * TRAINING_SHARE : TRAINING_SHARE + part * (1 - TRAINING_SHARE);
}

gboolean
pcn_lab_job_take_figures (const PcnLabJob *self, JsonObject *line, PcnFigures *figures)
{
  double ms = json_object_get_double_member_with_default (line, "ms", 0);

  if (!(ms > 0))
    return FALSE;
  if (self->kind == PCN_LAB_LATENCY)
    figures->latency_ms = ms;
  else
    *figures = (PcnFigures){
      .images_per_second = json_object_get_double_member_with_default (line, "images_per_s", 0),
      .step_ms = ms,
      .memory = (guint64) MAX (json_object_get_int_member_with_default (line, "device_bytes", 0), 0),
    };
  return TRUE;
}
