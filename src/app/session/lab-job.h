/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/lab.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** PcnLabJobKind: a self-test, or a part of a comparison */
typedef enum {
  PCN_LAB_TEST,
  PCN_LAB_TRAINING,
  PCN_LAB_LATENCY,
} PcnLabJobKind;

/**
 * PcnLabJob: what a child process is to do with a device
 * @id, @name: of the device
 * @index: of the device in the comparison
 */
typedef struct {
  PcnLabJobKind kind;
  char *id, *name;
  guint index;
  gboolean cancelled;
} PcnLabJob;

PcnLabJob *pcn_lab_job_new (PcnLabJobKind kind, NnDevice *device, guint index);
void pcn_lab_job_free (PcnLabJob *self);

/** pcn_lab_job_make_arguments: @task: of a comparison. Returns: (transfer full): for the child */
char **pcn_lab_job_make_arguments (const PcnLabJob *self, const PcnBenchmarkTask *task);
/** pcn_lab_job_get_fraction: @part: how much of the job is done. Returns: how much of a device's part of a comparison */
double pcn_lab_job_get_fraction (const PcnLabJob *self, double part);
/** pcn_lab_job_take_figures: adds what a line of the child tells to @figures. Returns: whether it tells any */
gboolean pcn_lab_job_take_figures (const PcnLabJob *self, JsonObject *line, PcnFigures *figures);

G_END_DECLS
