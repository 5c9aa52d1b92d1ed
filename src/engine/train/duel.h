/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/evaluation.h"

G_BEGIN_DECLS

/* Two models on the same labelled pictures: is one really better, and where do they differ? Any thread. */

/** NnInterval: of 95 % confidence, both in 0 to 1 */
typedef struct {
  double low, high;
} NnInterval;

/** nn_interval_of_share: of the share that @right of @n samples tell about (Wilson 1927); 0 to 1 for none at all */
NnInterval nn_interval_of_share (guint64 right, guint64 n);

/**
 * NnMcNemar: whether two classifiers' errors differ by more than chance (McNemar 1947)
 * @only_a, @only_b: samples that only the one, and only the other has right
 * @statistic: (only_a − only_b)² / (only_a + only_b), about χ² with one degree of freedom; 0 where both are 0
 * @p: two-sided, by the binomial distribution that it approximates: how likely a difference of this size, or a larger one,
 *   is where both are equally good. 1 where there is none
 */
typedef struct {
  guint64 only_a, only_b;
  double statistic, p;
} NnMcNemar;

NnMcNemar nn_mcnemar (guint64 only_a, guint64 only_b);

/** NN_DUEL_SIGNIFICANT: below this p the difference counts as one */
#define NN_DUEL_SIGNIFICANT 0.05

/**
 * NnDuel:
 * @n, @n_classes: pictures; classes, in the order of the labels
 * @right_a, @right_b, @both, @neither: how many pictures they have right
 * @agree: how many get the same answer, right or wrong
 * @interval_a, @interval_b: of the accuracies right / n
 * @answers_a, @answers_b: [n] class indices
 * @differing: (element-type guint): pictures with two answers, in their order
 * @class_n, @class_right_a, @class_right_b: [n_classes]
 */
typedef struct {
  gsize n;
  guint n_classes;
  guint64 right_a, right_b, both, neither, agree;
  NnInterval interval_a, interval_b;
  NnMcNemar test;
  guint *answers_a, *answers_b;
  GArray *differing;
  guint64 *class_n, *class_right_a, *class_right_b;
} NnDuel;

/**
 * nn_duel_new:
 * @labels: [n]: of both evaluations, which are of the same pictures in the same order, and of the same classes
 */
NnDuel *nn_duel_new (const NnEvaluation *a, const NnEvaluation *b, const gint32 *labels);
void nn_duel_free (NnDuel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnDuel, nn_duel_free)

/** nn_duel_check_classes: whether both models know the same classes, in the same order; NN_ERROR_BAD_INPUT says what differs */
gboolean nn_duel_check_classes (NnModel *a, NnModel *b, GError **error);

/** nn_duel_measure: how long @model takes for a picture on its own: the median of some runs. @milliseconds: (out) */
gboolean nn_duel_measure (NnContext *context, NnModel *model, double *milliseconds, GError **error);

G_END_DECLS
