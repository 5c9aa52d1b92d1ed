/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way that a tuning run can choose: the rows of op-cases.c in which operators have several, each with another than
 * the rule's, against the reference and, where they are small, by finite differences. PERCEPTRON_TEST_TINY,
 * PERCEPTRON_TEST_OPS and PERCEPTRON_TEST_DEVICE as in test-ops.c; PERCEPTRON_TUNE_FAMILY for the ways of devices that
 * aren't there. Compiling takes long: of the rows that aren't small it is each third, unless PERCEPTRON_TEST_ALL is set. */
#include "test-context.h"

#include "ops/op-check.h"
#include "ops/op-trial.h"
#include "ops/tuning.h"

#include <string.h>

/* What an operator asked in a case. */
typedef struct {
  char *key;
  NnWays ways;
} Question;

typedef struct {
  NnContext *context;
  const NnOpCase *op_case;
  GArray *questions;
} Trial;

static guint n_tried;

static void
question_clear (gpointer data)
{
  g_free (((Question *) data)->key);
}

static void
on_asked (const char *key, const char (*names)[NN_CHOICE_NAME], guint n, guint chosen, gpointer data)
{
  GArray *questions = data;
  g_assert_cmpuint (chosen, ==, 0);
  g_assert_null (strpbrk (key, "=;\n"));
  for (guint i = 0; i < questions->len; i++)
    if (g_str_equal (g_array_index (questions, Question, i).key, key))
      return;
  Question question = { .key = g_strdup (key), .ways = { .n = 0 } };
  for (guint i = 0; i < n; i++)
    nn_ways_add (&question.ways, names[i]);
  g_array_append_val (questions, question);
}

/* What is asked in training; a classification asks for a part of it. Returns: the most ways there are */
static guint
ask (Trial *trial)
{
  g_autoptr (GError) error = NULL;
  NnChoices *choices = nn_context_get_choices (trial->context);
  g_autoptr (NnTrial) record = nn_trial_new (trial->op_case, TRUE, &error);
  g_assert_no_error (error);
  nn_choices_listen (choices, on_asked, trial->questions);
  nn_trial_record (record, trial->context, &error);
  nn_choices_listen (choices, NULL, NULL);
  g_assert_no_error (error);
  guint most = 1;
  for (guint i = 0; i < trial->questions->len; i++)
    most = MAX (most, g_array_index (trial->questions, Question, i).ways.n);
  return most;
}

static void
choose (Trial *trial, guint way)
{
  for (guint i = 0; i < trial->questions->len; i++) {
    const Question *question = &g_array_index (trial->questions, Question, i);
    const char *name = way > 0 ? question->ways.names[way % question->ways.n] : NULL;
    nn_choices_set (nn_context_get_choices (trial->context), question->key, name);
    if (way > 0)
      g_test_message ("%s by %s", question->key, name);
  }
}

static void
test_case (gconstpointer data)
{
  Trial *trial = (Trial *) data;
  guint most = ask (trial);
  if (most < 2) {
    g_test_skip ("There is one way only.");
    return;
  }
  for (guint way = 1; way < most; way++) {
    g_autoptr (GError) error = NULL;
    NnOpCheck check;
    choose (trial, way);
    gboolean done = nn_op_check_reference (trial->context, trial->op_case, &check, &error);
    g_assert_no_error (error);
    g_assert_true (done);
    g_assert_cmpfloat (check.worst, <=, nn_op_case_tolerance (trial->op_case));
    n_tried++;
    if (!trial->op_case->tiny || g_getenv ("PERCEPTRON_TEST_TINY"))
      continue;
    done = nn_op_check_gradient (trial->context, trial->op_case, &check, &error);
    g_assert_no_error (error);
    g_assert_true (done);
    g_assert_cmpfloat (check.worst, <=, NN_OP_GRADIENT_TOLERANCE);
  }
  choose (trial, 0);
}

static void
trial_free (gpointer data)
{
  Trial *trial = data;
  g_array_unref (trial->questions);
  g_free (trial);
}

static void
add_tests (GPtrArray *trials, NnContext *context)
{
  gboolean tiny = g_getenv ("PERCEPTRON_TEST_TINY") != NULL, all = g_getenv ("PERCEPTRON_TEST_ALL") != NULL;
  guint n_large = 0;
  const char *only = g_getenv ("PERCEPTRON_TEST_OPS");
  g_auto (GStrv) ops = only ? g_strsplit (only, ",", -1) : NULL;
  for (const NnOpCase *row = nn_op_cases (); row->op; row++) {
    if ((tiny && !row->tiny) || (ops && !g_strv_contains ((const char *const *) ops, row->op)))
      continue;
    if (!row->tiny && !all && n_large++ % 3 != 1)
      continue;
    g_autofree char *name = nn_op_case_name (row);
    g_autofree char *path = g_strdup_printf ("/ways/%s", g_strdelimit (name, "/", '|'));
    Trial *trial = g_new (Trial, 1);
    *trial = (Trial){ context, row, g_array_new (FALSE, TRUE, sizeof (Question)) };
    g_array_set_clear_func (trial->questions, question_clear);
    g_ptr_array_add (trials, trial);
    g_test_add_data_func (path, trial, test_case);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GPtrArray) trials = g_ptr_array_new_with_free_func (trial_free);
  g_autoptr (NnContext) context = test_context_new ();
  add_tests (trials, context);
  int status = g_test_run ();
  g_test_message ("%u ways were tried", n_tried);
  return status;
}
