/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NnScheduleKind: a row of the table of learning rate schedules
 * @id: "constant"; "step" (a tenth after each third of the run); "cosine" (Loshchilov and Hutter 2017, no restarts, to
 *   zero); "one-cycle" (Smith and Topin 2019: warm-up over the first 30 % from 1/25 of the peak, then cosine to 1e-4 of it)
 * @factor: the rate as a multiple of the learning rate, for @progress in [0, 1) of the run
 */
typedef struct {
  const char *id;
  const char *title;
  double (*factor) (double progress);
} NnScheduleKind;

const NnScheduleKind *nn_schedule_kinds (void); /* ends with a row without id */
const NnScheduleKind *nn_schedule_find (const char *id);

/**
 * nn_schedule_rate: Returns: the rate at @step of @n_steps (at the last one for those beyond); on top of that, the first
 * @warmup steps rise linearly, the last of them having the full rate
 */
double nn_schedule_rate (const NnScheduleKind *kind, double learning_rate, guint step, guint n_steps, guint warmup);

G_END_DECLS
