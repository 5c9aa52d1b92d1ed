/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up curves, and what somebody who sees them should be told. */
#include "session/advice.h"

#include "base/error.h"

#define EPOCHS 10
#define STEPS 20

typedef struct {
  PcnPoint loss[EPOCHS * STEPS], accuracy[EPOCHS * STEPS], val[EPOCHS];
  PcnAdviceFacts facts;
} Curves;

/* A training loss from @from to @to, a validation loss from @val_from over @val_best in the middle to @val_to. */
static void
draw (Curves *self, double from, double to, double accuracy, double val_from, double val_best, double val_to)
{
  for (guint i = 0; i < EPOCHS * STEPS; i++) {
    double t = (i + 1.0) / (EPOCHS * STEPS);
    self->loss[i] = (PcnPoint){ t * EPOCHS, from + (to - from) * t };
    self->accuracy[i] = (PcnPoint){ t * EPOCHS, accuracy };
  }
  for (guint i = 0; i < EPOCHS; i++) {
    double t = i < EPOCHS / 2 ? i / (EPOCHS / 2.0) : (i + 1 - EPOCHS / 2.0) / (EPOCHS / 2.0);
    self->val[i].x = i + 1;
    self->val[i].y = i < EPOCHS / 2 ? val_from + (val_best - val_from) * t : val_best + (val_to - val_best) * t;
  }
  self->facts = (PcnAdviceFacts){ .failure = -1,
                                  .train_loss = { self->loss, EPOCHS * STEPS },
                                  .train_accuracy = { self->accuracy, EPOCHS * STEPS },
                                  .val_loss = { self->val, EPOCHS },
                                  .n_classes = 10,
                                  .n_train = 1000 };
}

static void
test_good (void)
{
  Curves curves;

  draw (&curves, 2.3, 0.1, 0.9, 2, 0.3, 0.2);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  curves.facts.ended = TRUE;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  /* Nothing is known yet. */
  curves.facts = (PcnAdviceFacts){ .failure = -1, .n_classes = 2 };
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
}

static void
test_overfitting (void)
{
  Curves curves;

  draw (&curves, 2.3, 0.01, 0.99, 2, 0.5, 0.9);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_OVERFITTING);
  /* Two epochs after the best one it is too early to tell. */
  curves.facts.val_loss.n = EPOCHS / 2 + 2;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  /* A little worse is noise; and where training gets worse as well, it is something else. */
  draw (&curves, 2.3, 0.01, 0.99, 2, 0.5, 0.52);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  draw (&curves, 0.2, 0.9, 0.6, 2, 0.5, 0.9);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
}

static void
test_not_learning (void)
{
  Curves curves;

  draw (&curves, 2.30, 2.30, 0.1, 2.3, 2.3, 2.3);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NOT_LEARNING);
  curves.facts.train_accuracy.n = curves.facts.train_loss.n = 2 * STEPS;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  /* The loss falls: accuracy will follow. */
  draw (&curves, 2.30, 1.9, 0.1, 2.3, 2.2, 2.1);
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  /* A perceptron that guesses has no loss. */
  draw (&curves, 2.3, 2.3, 0.1, 2.3, 2.3, 2.3);
  curves.facts.train_loss.n = 0;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NOT_LEARNING);
}

static void
test_few_pictures (void)
{
  Curves curves;

  draw (&curves, 2.3, 0.1, 0.9, 2, 0.3, 0.2);
  curves.facts.n_train = 40;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_NONE);
  curves.facts.ended = TRUE;
  g_assert_cmpint (pcn_advise (&curves.facts), ==, PCN_ADVICE_FEW_PICTURES);
}

static void
test_failures (void)
{
  static const struct {
    int failure;
    PcnAdvice advice;
  } table[] = { { NN_ERROR_DIVERGED, PCN_ADVICE_DIVERGED },
                { NN_ERROR_OUT_OF_MEMORY, PCN_ADVICE_OUT_OF_MEMORY },
                { NN_ERROR_DEVICE, PCN_ADVICE_DEVICE_FAILED },
                { NN_ERROR_NO_DEVICE, PCN_ADVICE_DEVICE_FAILED },
                { NN_ERROR_BAD_INPUT, PCN_ADVICE_NONE },
                { NN_ERROR_FAILED, PCN_ADVICE_NONE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    PcnAdviceFacts facts = { .failure = table[i].failure };
    g_assert_cmpint (pcn_advise (&facts), ==, table[i].advice);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/advice/good", test_good);
  g_test_add_func ("/advice/overfitting", test_overfitting);
  g_test_add_func ("/advice/not-learning", test_not_learning);
  g_test_add_func ("/advice/few-pictures", test_few_pictures);
  g_test_add_func ("/advice/failures", test_failures);
  return g_test_run ();
}
