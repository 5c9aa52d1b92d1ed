/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a confusion matrix says, and where its cells are: without a widget, so that it can be tested by
 * itself. */
#include "config.h"

#include "widgets/matrix-model.h"
#include "format.h"
#include "widgets/chart-scale.h"

#include <glib/gi18n.h>
#include <math.h>

/* So many of the worst confusions are told. */
#define N_TOLD 3

guint64
pcn_matrix_row_sum (const guint64 *counts, guint n, guint truth)
{
  guint64 sum = 0;

  for (guint i = 0; i < n; i++)
    sum += counts[(gsize) truth * n + i];
  return sum;
}

double
pcn_matrix_share (const guint64 *counts, guint n, guint truth, guint answer)
{
  guint64 sum = pcn_matrix_row_sum (counts, n, truth);

  return sum > 0 ? (double) counts[(gsize) truth * n + answer] / (double) sum : 0;
}

guint64
pcn_matrix_right (const guint64 *counts, guint n, guint64 *total)
{
  guint64 right = 0;

  *total = 0;
  for (guint i = 0; i < n; i++) {
    right += counts[(gsize) i * n + i];
    *total += pcn_matrix_row_sum (counts, n, i);
  }
  return right;
}

guint
pcn_matrix_worst (const guint64 *counts, guint n, PcnConfusion *worst, guint max)
{
  guint filled = 0;

  for (guint truth = 0; truth < n; truth++)
    for (guint answer = 0; answer < n; answer++) {
      guint64 count = counts[(gsize) truth * n + answer];
      if (truth == answer || count == 0)
        continue;
      guint at = filled;
      while (at > 0 && worst[at - 1].count < count)
        at--;
      if (at >= max)
        continue;
      for (guint i = MIN (filled, max - 1); i > at; i--)
        worst[i] = worst[i - 1];
      worst[at] = (PcnConfusion){ truth, answer, count };
      filled = MIN (filled + 1, max);
    }
  return filled;
}

char *
pcn_matrix_cell_words (const guint64 *counts, const char *const *names, guint n, guint truth, guint answer)
{
  guint64 sum = pcn_matrix_row_sum (counts, n, truth), value = counts[(gsize) truth * n + answer];
  g_autofree char *count = pcn_format_count (value);
  g_autofree char *all = pcn_format_count (sum);
  g_autofree char *share = pcn_value_format (pcn_matrix_share (counts, n, truth, answer), TRUE);
  gulong plural = (gulong) MIN (sum, G_MAXULONG);

  if (sum == 0)
    /* Translators: %s is the name of a class of pictures */
    return g_strdup_printf (_ ("No pictures of %s"), names[truth]);
  if (truth == answer)
    /* Translators: “970 of 980 pictures of cat were recognised (99.0 %)” */
    return g_strdup_printf (ngettext ("%s of %s picture of %s was recognised (%s)",
                                      "%s of %s pictures of %s were recognised (%s)", plural),
                            count, all, names[truth], share);
  /* Translators: “12 of 980 pictures of cat were taken for dog (1.2 %)” */
  return g_strdup_printf (ngettext ("%s of %s picture of %s was taken for %s (%s)",
                                    "%s of %s pictures of %s were taken for %s (%s)", plural),
                          count, all, names[truth], names[answer], share);
}

char *
pcn_matrix_words (const guint64 *counts, const char *const *names, guint n)
{
  PcnConfusion worst[N_TOLD];
  guint64 total, right = n > 0 ? pcn_matrix_right (counts, n, &total) : (total = 0);

  if (total == 0)
    return g_strdup (_ ("No values yet"));
  g_autofree char *right_text = pcn_format_count (right);
  g_autofree char *total_text = pcn_format_count (total);
  g_autofree char *share = pcn_value_format ((double) right / (double) total, TRUE);
  g_autoptr (GString) text = g_string_new (NULL);
  /* Translators: of a confusion matrix, for screen readers: “970 of 980 are right, 99.0 %.” */
  g_string_append_printf (text, _ ("%s of %s are right, %s."), right_text, total_text, share);
  guint found = pcn_matrix_worst (counts, n, worst, N_TOLD);
  for (guint i = 0; i < found; i++) {
    g_autofree char *count = pcn_format_count (worst[i].count);
    g_string_append_c (text, ' ');
    /* Translators: of a confusion matrix, for screen readers: true class, answer, number of pictures */
    g_string_append_printf (text, _ ("%s taken for %s: %s."), names[worst[i].truth], names[worst[i].answer],
                            count);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

PcnMatrixGrid
pcn_matrix_grid_fit (double width, double height, double start, double end, double top, double bottom,
                     guint n, double max_cell, gboolean mirrored)
{
  double room = MAX (width - start - end, 1);

  if (height >= 0)
    room = MIN (room, MAX (height - top - bottom, 1));
  double cell = MIN (room / MAX (n, 1), max_cell);
  if (cell >= 2)
    cell = floor (cell);
  double used = cell * n + start + end;
  double left = MAX (floor ((width - used) / 2), 0);
  return (PcnMatrixGrid){
    .x = left + (mirrored ? end : start),
    .y = top,
    .cell = cell,
    .n = n,
    .mirrored = mirrored,
  };
}

double
pcn_matrix_grid_column_x (const PcnMatrixGrid *self, guint column)
{
  return self->x + (self->mirrored ? self->n - 1 - column : column) * self->cell;
}

gboolean
pcn_matrix_grid_hit (const PcnMatrixGrid *self, double x, double y, guint *truth, guint *answer)
{
  double side = self->cell * self->n;

  if (x < self->x || y < self->y || x >= self->x + side || y >= self->y + side)
    return FALSE;
  guint column = MIN ((guint) ((x - self->x) / self->cell), self->n - 1);
  *truth = MIN ((guint) ((y - self->y) / self->cell), self->n - 1);
  *answer = self->mirrored ? self->n - 1 - column : column;
  return TRUE;
}
