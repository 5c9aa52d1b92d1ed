/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every operator in every row of op-cases.c, on every device that is there (PERCEPTRON_TEST_DEVICE narrows them down):
 * against its C reference, and by finite differences. PERCEPTRON_TEST_TINY keeps to the rows that a simulator can do, and PERCEPTRON_TEST_OPS to
 * some operators, "add,relu". */
#include "test-context.h"

#include "ops/op-check.h"

typedef struct {
  NnContext *context;
  const NnOpCase *op_case;
} Trial;

static void
report (const NnOpCheck *check, double tolerance)
{
  g_test_message ("worst error %.3g at %s, element %" G_GSIZE_FORMAT ": %.9g, reference %.9g", check->worst, check->where,
                  check->index, check->got, check->wanted);
  g_assert_cmpfloat (check->worst, <=, tolerance);
}

static void
test_reference (gconstpointer data)
{
  const Trial *trial = data;
  g_autoptr (GError) error = NULL;
  NnOpCheck check;
  gboolean done = nn_op_check_reference (trial->context, trial->op_case, &check, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  report (&check, nn_op_case_tolerance (trial->op_case));
}

static void
test_gradient (gconstpointer data)
{
  const Trial *trial = data;
  g_autoptr (GError) error = NULL;
  NnOpCheck check;
  gboolean done = nn_op_check_gradient (trial->context, trial->op_case, &check, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  report (&check, NN_OP_GRADIENT_TOLERANCE);
}

/* An operator that nobody checks must not exist. */
static void
test_every_op_has_cases (void)
{
  for (const NnOp *const *op = nn_op_list (); *op; op++) {
    guint n = 0;
    for (const NnOpCase *row = nn_op_cases (); row->op; row++)
      n += g_str_equal (row->op, (*op)->id);
    if (!g_str_equal ((*op)->id, "input"))
      g_assert_cmpuint (n, >=, 1);
  }
}

/* A convolution that pools as well must not go unnoticed: kernels for CPUs do it in some of the rows. */
static void
test_some_rows_pool (gconstpointer data)
{
  NnContext *context = (NnContext *) data;
  guint pooled = 0;
  for (const NnOpCase *row = nn_op_cases (); row->op && pooled == 0; row++) {
    g_autoptr (GError) error = NULL;
    NnOpCheck check;
    if (!row->tiny || !g_str_equal (row->op, "conv2d"))
      continue;
    g_assert_true (nn_op_check_reference (context, row, &check, &error));
    pooled += check.pooled;
  }
  g_assert_cmpuint (pooled > 0, ==, nn_context_is_cpu (context));
}

static gboolean
is_wanted (const char *op)
{
  const char *only = g_getenv ("PERCEPTRON_TEST_OPS");
  g_auto (GStrv) ops = only ? g_strsplit (only, ",", -1) : NULL;
  return ops == NULL || g_strv_contains ((const char *const *) ops, op);
}

static void
add_tests (GPtrArray *trials, NnContext *context, const char *device)
{
  gboolean tiny = g_getenv ("PERCEPTRON_TEST_TINY") != NULL;
  for (const NnOpCase *row = nn_op_cases (); row->op; row++) {
    if ((tiny && !row->tiny) || !is_wanted (row->op))
      continue;
    Trial *trial = g_new (Trial, 1);
    *trial = (Trial){ context, row };
    g_ptr_array_add (trials, trial);
    g_autofree char *name = nn_op_case_name (row);
    g_strdelimit (name, "/", '|');
    g_autofree char *reference = g_strdup_printf ("/ops/%s/reference/%s", device, name);
    g_autofree char *gradient = g_strdup_printf ("/ops/%s/gradient/%s", device, name);
    g_test_add_data_func (reference, trial, test_reference);
    if (!tiny)
      g_test_add_data_func (gradient, trial, test_gradient);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GPtrArray) trials = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (NnContext) context = test_context_new ();
  g_autofree char *name = g_strdelimit (g_strdup (nn_device_get_name (nn_context_get_device (context))), "/", '|');
  add_tests (trials, context, name);
  if (is_wanted ("conv2d"))
    g_test_add_data_func ("/ops/some-rows-pool", context, test_some_rows_pool);
  g_test_add_func ("/ops/every-operator-has-cases", test_every_op_has_cases);
  return g_test_run ();
}
