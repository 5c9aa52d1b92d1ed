/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-context.h"

#include "train/self-test.h"

#include <string.h>

static NnContext *context;

static void
on_result (const NnSelfTestResult *result, gpointer data)
{
  guint *n = data;
  g_assert_cmpuint (result->index, ==, *n);
  (*n)++;
  g_test_message ("%u of %u %s: %.3g in %.3f s%s%s", *n, result->n, result->name, result->check.worst, result->seconds,
                  result->message ? ": " : "", result->message ? result->message : "");
  g_assert_true (result->passed);
}

static void
test_all (void)
{
  guint n = 0, n_failed = 1;
  g_autoptr (GError) error = NULL;
  g_assert_true (nn_self_test_run (context, NULL, on_result, &n, NULL, &n_failed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, nn_self_test_count ());
  g_assert_cmpuint (n_failed, ==, 0);
}

/* Each family that people are told of has rows, and what has a kernel of its own isn't counted among the rest. */
static void
test_families (void)
{
  static const char *const families[] = { "convolution", "matrix", "pooling", "recurrent", "normalisation",
                                          "elementwise", "optimizer", "loss", "batch", "run" };
  guint counts[G_N_ELEMENTS (families)] = { 0 }, known = 0;
  for (guint i = 0; i < nn_self_test_count (); i++)
    for (gsize f = 0; f < G_N_ELEMENTS (families); f++)
      if (strcmp (nn_self_test_family (i), families[f]) == 0) {
        counts[f]++;
        known++;
      }
  g_assert_cmpuint (known, ==, nn_self_test_count ());
  for (gsize f = 0; f < G_N_ELEMENTS (families); f++)
    g_assert_cmpuint (counts[f], >, 0);
  g_autofree char *name = nn_self_test_name (nn_self_test_count () - 1);
  g_assert_cmpstr (name, ==, "the same bytes twice");
}

static void
cancel_third (const NnSelfTestResult *result, gpointer data)
{
  if (result->index == 2)
    g_cancellable_cancel (data);
}

static void
test_cancel (void)
{
  guint n_failed;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_assert_false (nn_self_test_run (context, NULL, cancel_third, cancellable, cancellable, &n_failed, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);
}

static void
count_optimizers (const NnSelfTestResult *result, gpointer data)
{
  g_assert_nonnull (strstr (result->name, "optimizer"));
  ++*(guint *) data;
}

static void
test_only (void)
{
  guint n = 0, n_failed;
  g_autoptr (GError) error = NULL;
  g_assert_true (nn_self_test_run (context, "optimizer", count_optimizers, &n, NULL, &n_failed, &error));
  g_assert_cmpuint (n, >=, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/self-test/all", test_all);
  g_test_add_func ("/self-test/families", test_families);
  g_test_add_func ("/self-test/cancel", test_cancel);
  g_test_add_func ("/self-test/only", test_only);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
