/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/schedule.h"

#include <math.h>

#define ONE_CYCLE_WARMUP 0.3
#define ONE_CYCLE_START (1.0 / 25)
#define ONE_CYCLE_END 1e-4

/* Half a cosine from @from to @to, for @x in [0, 1]. */
static double
cosine_between (double from, double to, double x)
{
  return to + (from - to) * 0.5 * (1 + cos (G_PI * x));
}

static double
factor_constant (double progress)
{
  return 1;
}

static double
factor_step (double progress)
{
  return progress < 1.0 / 3 ? 1 : progress < 2.0 / 3 ? 0.1 : 0.01;
}

static double
factor_cosine (double progress)
{
  return cosine_between (1, 0, progress);
}

static double
factor_one_cycle (double progress)
{
  if (progress < ONE_CYCLE_WARMUP)
    return cosine_between (ONE_CYCLE_START, 1, progress / ONE_CYCLE_WARMUP);
  return cosine_between (1, ONE_CYCLE_END, (progress - ONE_CYCLE_WARMUP) / (1 - ONE_CYCLE_WARMUP));
}

const NnScheduleKind *
nn_schedule_kinds (void)
{
  static const NnScheduleKind kinds[] = {
    { "constant", "Constant", factor_constant },
    { "step", "In steps", factor_step },
    { "cosine", "Cosine", factor_cosine },
    { "one-cycle", "One cycle", factor_one_cycle },
    { NULL, NULL, NULL },
  };
  return kinds;
}

const NnScheduleKind *
nn_schedule_find (const char *id)
{
  for (const NnScheduleKind *kind = nn_schedule_kinds (); kind->id; kind++)
    if (g_strcmp0 (kind->id, id) == 0)
      return kind;
  return NULL;
}

double
nn_schedule_rate (const NnScheduleKind *kind, double learning_rate, guint step, guint n_steps, guint warmup)
{
  g_return_val_if_fail (n_steps > 0, 0);
  double progress = (double) MIN (step, n_steps - 1) / n_steps;
  double rise = step < warmup ? (step + 1.0) / warmup : 1;
  return learning_rate * rise * kind->factor (progress);
}
