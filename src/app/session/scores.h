/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/evaluation.h"

G_BEGIN_DECLS

/* What an evaluation says of the classes and of single pictures. */

/** PcnScore: of a class: how many pictures are of it, how many answers were it, and how far both agree */
typedef struct {
  guint64 n_present, n_answered, n_right;
  double precision, recall, f1; /* NAN where undefined: no such answer, no such picture, neither */
} PcnScore;

void pcn_score_get (const NnEvaluation *evaluation, guint class_index, PcnScore *score);

/** PCN_ANY_CLASS: instead of a class */
#define PCN_ANY_CLASS (-1)

/**
 * pcn_scores_find:
 * @labels: (array): the true class of each picture
 * @truth, @answer: of which class, and what it was taken for; or %PCN_ANY_CLASS: of any class, and any
 * mistake
 *
 * Returns: (transfer full) (element-type guint32): places of pictures in the evaluation, the worst first: the
 * surer a wrong answer, or the less sure a right one
 */
GArray *pcn_scores_find (const NnEvaluation *evaluation, const gint32 *labels, int truth, int answer);

/** pcn_scores_get_answer: Returns: the likeliest class for the picture at @place */
guint pcn_scores_get_answer (const NnEvaluation *evaluation, gsize place);

/** pcn_scores_make_csv: @names: (array): of the classes. Returns: (transfer full): a table of the classes
 * with the confusion matrix beside it, and below, what holds for all of them */
GString *pcn_scores_make_csv (const NnEvaluation *evaluation, const char *const *names);

G_END_DECLS
