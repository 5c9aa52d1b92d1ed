/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/csv.h"
#include "session/scores.h"

#include <math.h>

void
pcn_score_get (const NnEvaluation *evaluation, guint class_index, PcnScore *score)
{
  guint n = evaluation->n_classes;

  *score = (PcnScore){ .n_right = evaluation->confusion[(gsize) class_index * n + class_index] };
  for (guint other = 0; other < n; other++) {
    score->n_present += evaluation->confusion[(gsize) class_index * n + other];
    score->n_answered += evaluation->confusion[(gsize) other * n + class_index];
  }
  guint64 both = score->n_present + score->n_answered;
  score->precision = score->n_answered > 0 ? (double) score->n_right / (double) score->n_answered : NAN;
  score->recall = score->n_present > 0 ? (double) score->n_right / (double) score->n_present : NAN;
  score->f1 = both > 0 ? 2.0 * (double) score->n_right / (double) both : NAN;
}

guint
pcn_scores_get_answer (const NnEvaluation *evaluation, gsize place)
{
  const float *p = evaluation->probabilities + place * evaluation->n_classes;
  guint best = 0;

  for (guint c = 1; c < evaluation->n_classes; c++)
    if (p[c] > p[best])
      best = c;
  return best;
}

typedef struct {
  guint32 place;
  float badness;
} Found;

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  if (x->badness != y->badness)
    return x->badness < y->badness ? 1 : -1;
  return (x->place > y->place) - (x->place < y->place);
}

GArray *
pcn_scores_find (const NnEvaluation *evaluation, const gint32 *labels, int truth, int answer)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (gsize i = 0; i < evaluation->n; i++) {
    int given = (int) pcn_scores_get_answer (evaluation, i);
    gboolean right = given == labels[i];
    if ((truth != PCN_ANY_CLASS && labels[i] != truth) || (answer == PCN_ANY_CLASS ? right : given != answer))
      continue;
    float sure = evaluation->probabilities[i * evaluation->n_classes + (gsize) given];
    Found one = { (guint32) i, right ? -sure : sure };
    g_array_append_val (found, one);
  }
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    g_array_append_val (places, g_array_index (found, Found, i).place);
  return places;
}

GString *
pcn_scores_make_csv (const NnEvaluation *evaluation, const char *const *names)
{
  static const char *const head[] = { "class", "pictures", "precision", "recall", "f1" };
  GString *csv = g_string_new (NULL);
  guint n = evaluation->n_classes;

  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    pcn_csv_add_text (csv, head[i]);
  for (guint c = 0; c < n; c++) {
    g_autofree char *taken = g_strdup_printf ("taken for %s", names[c]);
    pcn_csv_add_text (csv, taken);
  }
  pcn_csv_end_row (csv);
  for (guint t = 0; t < n; t++) {
    PcnScore score;
    pcn_score_get (evaluation, t, &score);
    pcn_csv_add_text (csv, names[t]);
    pcn_csv_add_count (csv, score.n_present);
    pcn_csv_add_number (csv, score.precision, 6);
    pcn_csv_add_number (csv, score.recall, 6);
    pcn_csv_add_number (csv, score.f1, 6);
    for (guint c = 0; c < n; c++)
      pcn_csv_add_count (csv, evaluation->confusion[(gsize) t * n + c]);
    pcn_csv_end_row (csv);
  }
  pcn_csv_end_row (csv);
  pcn_csv_add_text (csv, "pictures");
  pcn_csv_add_count (csv, evaluation->n);
  pcn_csv_end_row (csv);
  pcn_csv_add_text (csv, "accuracy");
  pcn_csv_add_number (csv, evaluation->accuracy, 6);
  pcn_csv_end_row (csv);
  pcn_csv_add_text (csv, "loss");
  pcn_csv_add_number (csv, evaluation->loss, 6);
  pcn_csv_end_row (csv);
  return csv;
}
