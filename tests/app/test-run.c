/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/run.h"
#include "session/series.h"

#include <math.h>

static void
count (guint *n)
{
  (*n)++;
}

static PcnSeries *
get_series (PcnRun *run, const char *list, guint index)
{
  g_autoptr (GListModel) model = NULL;

  g_object_get (run, list, &model, NULL);
  PcnSeries *series = g_list_model_get_item (model, index);
  /* The run keeps it. */
  g_object_unref (series);
  return series;
}

static void
test_states (void)
{
  g_autoptr (PcnRun) run = pcn_run_new ();
  guint n_state = 0, n_active = 0;

  g_signal_connect_swapped (run, "notify::state", G_CALLBACK (count), &n_state);
  g_signal_connect_swapped (run, "notify::active", G_CALLBACK (count), &n_active);
  g_assert_false (pcn_run_get_active (run));
  pcn_run_set_preparing (run, -1);
  pcn_run_set_preparing (run, 0.5);
  g_assert_cmpuint (n_state, ==, 1);
  pcn_run_set_state (run, PCN_RUN_RUNNING);
  pcn_run_set_state (run, PCN_RUN_RUNNING);
  pcn_run_set_state (run, PCN_RUN_PAUSED);
  g_assert_true (pcn_run_get_active (run));
  pcn_run_set_state (run, PCN_RUN_DONE);
  g_assert_false (pcn_run_get_active (run));
  /* Once for each real change. */
  g_assert_cmpuint (n_state, ==, 4);
  g_assert_cmpuint (n_active, ==, 2);
  double fraction;
  g_object_get (run, "fraction", &fraction, NULL);
  g_assert_cmpfloat (fraction, ==, 1);
}

static void
test_status (void)
{
  const struct {
    PcnRunState state;
    PcnProgress progress;
    const char *text;
  } cases[] = {
    { PCN_RUN_IDLE, { 0 }, "Ready" },
    { PCN_RUN_RUNNING, { 2.4, 10, 1234.4, 61 }, "Epoch 3 of 10" },
    { PCN_RUN_RUNNING, { 0, 10, 0, -1 }, "Epoch 1 of 10" },
    { PCN_RUN_RUNNING, { 10, 10, 0, -1 }, "Epoch 10 of 10" },
    { PCN_RUN_PAUSED, { 4.5, 10, 99, 7 }, "Paused · Epoch 5 of 10" },
    { PCN_RUN_STOPPED, { 0.5, 1, 99, 7 }, "Stopped · Epoch 1 of 1" },
    { PCN_RUN_DONE, { 10, 10, 99, 0 }, "Finished" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = pcn_run_format_status (cases[i].state, &cases[i].progress);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_curves (void)
{
  g_autoptr (PcnRun) run = pcn_run_new ();
  guint n, changes = 0;

  g_signal_connect_swapped (get_series (run, "loss", 0), "changed", G_CALLBACK (count), &changes);
  pcn_run_add_train (run, 0.5, 2.3, 0.1);
  pcn_run_add_train (run, 1, NAN, NAN);
  pcn_run_add_train (run, 1.5, 1.5, 0.4);
  pcn_run_add_train (run, 1.2, 9, 0.9);
  const PcnPoint *points = pcn_series_get_points (get_series (run, "loss", 0), &n);
  /* What isn't a number, or runs backwards, is no point of a curve. */
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (changes, ==, 2);
  g_assert_cmpfloat (points[1].x, ==, 1.5);
  g_assert_cmpfloat (points[1].y, ==, 1.5);

  gboolean mistakes;
  pcn_run_add_mistakes (run, 2, 420, 0.8);
  g_object_get (run, "counts-mistakes", &mistakes, NULL);
  g_assert_true (mistakes);
  points = pcn_series_get_points (get_series (run, "loss", 0), &n);
  g_assert_cmpfloat (points[n - 1].y, ==, 420);
}

static void
test_goes_on (void)
{
  g_autoptr (PcnRun) run = pcn_run_new ();
  g_autofree char *failure = NULL;
  guint n;

  g_assert_cmpint (pcn_run_get_failure (run), ==, -1);
  pcn_run_set_state (run, PCN_RUN_RUNNING);
  for (guint i = 1; i <= 25; i++)
    pcn_run_add_train (run, i / 10.0, 1.0 / i, 0.5);
  pcn_run_add_validation (run, 1, 0.5, 0.5);
  pcn_run_add_validation (run, 2, 0.4, 0.6);
  pcn_run_fail (run, 3, "The device is gone.");
  g_assert_cmpint (pcn_run_get_failure (run), ==, 3);
  g_assert_cmpint (pcn_run_get_state (run), ==, PCN_RUN_FAILED);
  g_object_get (run, "failure", &failure, NULL);
  g_assert_cmpstr (failure, ==, "The device is gone.");

  /* The last epoch that ended well was the second: half of a third one is taken back. */
  pcn_run_go_on (run, 2);
  g_assert_cmpint (pcn_run_get_failure (run), ==, -1);
  g_assert_cmpint (pcn_run_get_state (run), ==, PCN_RUN_PREPARING);
  const PcnPoint *points = pcn_series_get_points (pcn_run_get_curve (run, "loss", PCN_SERIES_TRAIN), &n);
  g_assert_cmpuint (n, ==, 20);
  g_assert_cmpfloat (points[n - 1].x, ==, 2);
  pcn_series_get_points (pcn_run_get_curve (run, "accuracy", PCN_SERIES_VALIDATION), &n);
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/states", test_states);
  g_test_add_func ("/run/status", test_status);
  g_test_add_func ("/run/curves", test_curves);
  g_test_add_func ("/run/goes-on", test_goes_on);
  return g_test_run ();
}
