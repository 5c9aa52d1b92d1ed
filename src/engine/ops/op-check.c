/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/op-check.h"

#include "base/random.h"
#include "ops/op-trial.h"

#include <math.h>
#include <string.h>

#define PLACES 64
#define TIMED_RUNS 11

static void
note (NnOpCheck *check, double difference, const char *where, guint which, gsize index, double got, double wanted)
{
  if (difference <= check->worst || isnan (check->worst))
    return;
  check->worst = difference;
  g_snprintf (check->where, sizeof check->where, "%s[%u]", where, which);
  check->index = index;
  check->got = got;
  check->wanted = wanted;
}

static gboolean
compare (NnTensor *tensor, const double *wanted, const char *where, guint which, NnOpCheck *check, GError **error)
{
  g_autofree float *got = nn_trial_download (tensor, error);
  if (got == NULL)
    return FALSE;
  double scale = 1e-6;
  for (gsize i = 0; i < tensor->size; i++)
    scale = MAX (scale, fabs (wanted[i]));
  for (gsize i = 0; i < tensor->size; i++) {
    double difference = fabs ((double) got[i] - wanted[i]) / scale;
    note (check, isnan (difference) ? INFINITY : difference, where, which, i, got[i], wanted[i]);
  }
  return TRUE;
}

/* What max_pool of 2x2 pixels at stride 2 makes of the reference's output. */
static double *
ref_pool (const NnTrial *trial, gsize size)
{
  const NnShape *shape = &trial->node.shape;
  gsize width = shape->dims[1], channels = shape->dims[2], row = width * channels, columns = width / 2;
  gsize rows = shape->dims[0] / 2;
  double *pooled = g_new (double, size);
  for (gsize i = 0; i < size; i++) {
    gsize c = i % channels, x = i / channels % columns, y = i / channels / columns % rows;
    const double *from = trial->y + i / channels / columns / rows * shape->dims[0] * row + 2 * y * row + 2 * x * channels + c;
    pooled[i] = MAX (MAX (from[0], from[channels]), MAX (from[row], from[row + channels]));
  }
  return pooled;
}

/* Where the operator pools as well: against the reference's output, pooled. Takes the trial's output away. */
static gboolean
check_pooled (NnTrial *trial, NnOpCheck *check, GError **error)
{
  const NnShape *shape = &trial->node.shape;
  if (trial->node.op->forward_pooled == NULL || shape->dims[0] < 2 || shape->dims[1] < 2)
    return TRUE;
  gsize size = (gsize) trial->batch * (shape->dims[0] / 2) * (shape->dims[1] / 2) * shape->dims[2];
  g_autoptr (NnCommands) commands = nn_commands_new (trial->context);
  nn_tensor_unref (trial->args.y);
  trial->args.y = nn_tensor_new (trial->context, NN_DTYPE_FLOAT32, size, error);
  trial->args.commands = commands;
  g_autofree double *wanted = ref_pool (trial, size);
  nn_scratch_release (trial->scratch);
  if (trial->args.y == NULL || !trial->node.op->forward_pooled (&trial->args, &check->pooled, error))
    return FALSE;
  return !check->pooled || (nn_commands_run (commands, NULL, error) &&
                            compare (trial->args.y, wanted, "y pooled", 0, check, error));
}

static gboolean
check_mode (NnContext *context, const NnOpCase *op_case, gboolean training, NnOpCheck *check, GError **error)
{
  g_autoptr (NnTrial) trial = nn_trial_new (op_case, training, error);
  if (trial == NULL || !nn_trial_record (trial, context, error) || !nn_commands_run (trial->forward, NULL, error))
    return FALSE;
  nn_trial_ref_forward (trial);
  if (!compare (trial->args.y, trial->y, training ? "y in training" : "y", 0, check, error))
    return FALSE;
  for (guint i = 0; i < trial->node.n_states; i++)
    if (!compare (trial->args.state[i], trial->state[i], "state", i, check, error))
      return FALSE;
  if (!training)
    return check_pooled (trial, check, error);
  nn_trial_ref_backward (trial);
  if (!nn_commands_run (trial->backward, NULL, error))
    return FALSE;
  for (guint i = 0; i < trial->node.n_inputs; i++)
    if (!compare (trial->args.dx[i], trial->dx[i], "dx", i, check, error))
      return FALSE;
  for (guint i = 0; i < trial->node.n_params; i++)
    if (!compare (trial->args.grad[i], trial->grad[i], "gradient", i, check, error))
      return FALSE;
  return nn_context_finish (context, error);
}

double
nn_op_case_tolerance (const NnOpCase *self)
{
  return self->tolerance > 0 ? self->tolerance : NN_OP_TOLERANCE;
}

gboolean
nn_op_check_reference (NnContext *context, const NnOpCase *op_case, NnOpCheck *check, GError **error)
{
  *check = (NnOpCheck){ 0 };
  return check_mode (context, op_case, TRUE, check, error) && check_mode (context, op_case, FALSE, check, error);
}

/* The scalar whose gradient is wanted: the output in the direction of dy. */
static double
objective (NnTrial *trial, double *const *states)
{
  for (guint i = 0; i < trial->node.n_states; i++)
    memcpy (trial->state[i], states[i], nn_trial_state_size (trial, i) * sizeof (double));
  nn_trial_ref_forward (trial);
  double sum = 0;
  for (gsize i = 0; i < nn_trial_output_size (trial); i++)
    sum += trial->y[i] * trial->dy[i];
  return sum;
}

static gboolean
check_places (NnTrial *trial, double *values, gsize n, NnTensor *tensor, double *const *states, const char *where,
              guint which, NnOpCheck *check, GError **error)
{
  g_autofree float *analytic = nn_trial_download (tensor, error);
  if (analytic == NULL)
    return FALSE;
  NnRandom random;
  nn_random_init (&random, 5, which);
  const double h = 1e-6;
  double scale = 1e-6;
  for (gsize i = 0; i < n; i++)
    scale = MAX (scale, fabs ((double) analytic[i]));
  double here = objective (trial, states);
  for (gsize k = 0; k < MIN (n, PLACES); k++) {
    gsize i = n <= PLACES ? k : nn_random_below (&random, (guint32) n);
    double start = values[i];
    values[i] = start + h;
    double right = (objective (trial, states) - here) / h;
    values[i] = start - h;
    double left = (here - objective (trial, states)) / h;
    values[i] = start;
    if (fabs (right - left) > 1e-2 * (fabs (right) + fabs (left)) + 1e-4 * scale)
      continue; /* a kink */
    double numeric = (left + right) / 2, a = analytic[i];
    double difference = fabs (a - numeric) / (fabs (a) + fabs (numeric) + 1e-3 * scale);
    note (check, isnan (difference) ? INFINITY : difference, where, which, i, a, numeric);
  }
  return TRUE;
}

gboolean
nn_op_check_gradient (NnContext *context, const NnOpCase *op_case, NnOpCheck *check, GError **error)
{
  *check = (NnOpCheck){ 0 };
  g_autoptr (NnTrial) trial = nn_trial_new (op_case, TRUE, error);
  if (trial == NULL || !nn_trial_record (trial, context, error))
    return FALSE;
  double *states[NN_MAX_STATES] = { NULL };
  for (guint i = 0; i < trial->node.n_states; i++)
    states[i] = g_memdup2 (trial->state[i], nn_trial_state_size (trial, i) * sizeof (double));
  gboolean ok = nn_commands_run (trial->forward, NULL, error) && nn_commands_run (trial->backward, NULL, error);
  for (guint i = 0; ok && i < trial->node.n_inputs; i++)
    ok = check_places (trial, trial->x[i], nn_trial_input_size (trial, i), trial->args.dx[i], states, "dx", i, check,
                       error);
  for (guint i = 0; ok && i < trial->node.n_params; i++)
    ok = check_places (trial, trial->param[i], nn_trial_param_size (trial, i), trial->args.grad[i], states, "gradient", i,
                       check, error);
  for (guint i = 0; i < NN_MAX_STATES; i++)
    g_free (states[i]);
  return ok;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static gboolean
time_commands (NnContext *context, NnCommands *commands, double *median, GError **error)
{
  double times[TIMED_RUNS];
  for (int i = -2; i < TIMED_RUNS; i++) {
    gint64 start = g_get_monotonic_time ();
    if (!nn_commands_run (commands, NULL, error) || !nn_context_finish (context, error))
      return FALSE;
    if (i >= 0)
      times[i] = (double) (g_get_monotonic_time () - start) * 1e-3;
  }
  qsort (times, TIMED_RUNS, sizeof times[0], compare_doubles);
  *median = times[TIMED_RUNS / 2];
  return TRUE;
}

gboolean
nn_op_time (NnContext *context, const NnOpCase *op_case, gboolean is_first, NnOpTime *time, GError **error)
{
  g_autoptr (NnTrial) trial = nn_trial_new (op_case, TRUE, error);
  if (trial == NULL)
    return FALSE;
  trial->is_first = is_first;
  if (!nn_trial_record (trial, context, error))
    return FALSE;
  time->flops = (double) trial->node.flops * op_case->batch;
  return time_commands (context, trial->forward, &time->forward_ms, error) &&
         time_commands (context, trial->backward, &time->backward_ms, error);
}
