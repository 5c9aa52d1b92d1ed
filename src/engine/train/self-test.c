/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/self-test.h"

#include "train/self-test-net.h"

#include <glib/gi18n.h>
#include <string.h>

static guint
count_op_cases (void)
{
  guint n = 0;
  while (nn_op_cases ()[n].op)
    n++;
  return n;
}

static guint
count_net_checks (void)
{
  guint n = 0;
  while (nn_net_checks ()[n].name)
    n++;
  return n;
}

guint
nn_self_test_count (void)
{
  return count_op_cases () + count_net_checks ();
}

char *
nn_self_test_name (guint index)
{
  g_return_val_if_fail (index < nn_self_test_count (), NULL);
  guint n_ops = count_op_cases ();
  return index < n_ops ? nn_op_case_name (&nn_op_cases ()[index]) : g_strdup (nn_net_checks ()[index - n_ops].name);
}

/* What isn't named here computes element by element. */
static const char *
op_family (const char *op)
{
  static const struct {
    const char *op, *family;
  } table[] = {
    { "conv2d", "convolution" }, { "dense", "matrix" },           { "max_pool", "pooling" },
    { "avg_pool", "pooling" },   { "global_avg_pool", "pooling" }, { "rnn", "recurrent" },
    { "lstm", "recurrent" },     { "gru", "recurrent" },           { "batch_norm", "normalisation" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].op, op) == 0)
      return table[i].family;
  return "elementwise";
}

const char *
nn_self_test_family (guint index)
{
  g_return_val_if_fail (index < nn_self_test_count (), NULL);
  guint n_ops = count_op_cases ();
  return index < n_ops ? op_family (nn_op_cases ()[index].op) : nn_net_checks ()[index - n_ops].family;
}

static void
run_row (NnContext *context, NnSelfTestResult *result, NnSelfTestFunc on_result, gpointer data)
{
  guint n_ops = count_op_cases ();
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  gboolean done;
  if (result->index < n_ops) {
    const NnOpCase *op_case = &nn_op_cases ()[result->index];
    result->tolerance = nn_op_case_tolerance (op_case);
    done = nn_op_check_reference (context, op_case, &result->check, &error);
  } else {
    const NnNetCheck *row = &nn_net_checks ()[result->index - n_ops];
    result->tolerance = row->tolerance;
    done = row->run (context, row->argument, &result->check, &error);
  }
  result->message = done ? NULL : error->message;
  result->passed = done && result->check.worst <= result->tolerance;
  result->seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
  if (on_result)
    on_result (result, data);
}

gboolean
nn_self_test_run (NnContext *context, const char *only, NnSelfTestFunc on_result, gpointer data,
                  GCancellable *cancellable, guint *n_failed, GError **error)
{
  guint n = nn_self_test_count ();
  *n_failed = 0;
  for (guint i = 0; i < n; i++) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, NN_ERROR, NN_ERROR_CANCELLED,
                   _ ("The self-test was stopped after %u of %u checks."), i, n);
      return FALSE;
    }
    g_autofree char *name = nn_self_test_name (i);
    if (only != NULL && strstr (name, only) == NULL)
      continue;
    NnSelfTestResult result = { .index = i, .n = n, .name = name, .family = nn_self_test_family (i) };
    run_row (context, &result, on_result, data);
    *n_failed += !result.passed;
  }
  return TRUE;
}
