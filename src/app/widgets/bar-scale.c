/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a bar chart says: without a widget, so that it can be tested by itself. */
#include "config.h"

#include "widgets/bar-scale.h"

#include <glib/gi18n.h>
#include <math.h>

static gboolean
has_value (const PcnBar *bar)
{
  return !bar->error && isfinite (bar->value) && bar->value >= 0;
}

double
pcn_bar_scale_largest (const PcnBar *bars, guint n)
{
  double largest = 0;

  for (guint i = 0; i < n; i++)
    if (has_value (&bars[i]))
      largest = MAX (largest, bars[i].value);
  return largest;
}

double
pcn_bar_scale_share (const PcnBar *bar, double largest)
{
  return has_value (bar) && largest > 0 ? MIN (bar->value / largest, 1) : 0;
}

char *
pcn_bar_scale_row_words (const PcnBar *bars, guint n, guint index)
{
  const PcnBar *bar = &bars[index];
  double largest = pcn_bar_scale_largest (bars, n);

  if (!has_value (bar))
    /* Translators: of a bar chart: what the bar stands for, and why it has no value */
    return g_strdup_printf (_ ("%s: %s"), bar->label, bar->error ? bar->error : _ ("no value"));
  if (bar->value >= largest || bar->value <= 0)
    /* Translators: of a bar chart: what the bar stands for, and its value */
    return g_strdup_printf (_ ("%s: %s"), bar->label, bar->text);
  /* Translators: of a bar chart: “CPU: 120 images/s, 25 % of the longest bar” */
  return g_strdup_printf (_ ("%s: %s, %.0f %% of the longest bar"), bar->label, bar->text,
                          100 * bar->value / largest);
}

static int
compare_bars (const void *a, const void *b, void *data)
{
  const PcnBar *bars = data, *x = &bars[*(const guint *) a], *y = &bars[*(const guint *) b];

  if (has_value (x) != has_value (y))
    return has_value (x) ? -1 : 1;
  if (has_value (x) && x->value != y->value)
    return x->value > y->value ? -1 : 1;
  return *(const guint *) a < *(const guint *) b ? -1 : 1;
}

char *
pcn_bar_scale_words (const PcnBar *bars, guint n)
{
  g_autofree guint *order = g_new (guint, n + 1);
  g_autoptr (GString) text = g_string_new (NULL);

  if (n == 0)
    return g_strdup (_ ("No values yet"));
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n, sizeof *order, compare_bars, (gpointer) bars);
  for (guint i = 0; i < n; i++) {
    g_autofree char *row = pcn_bar_scale_row_words (bars, n, order[i]);
    g_string_append_printf (text, "%s%s.", i > 0 ? " " : "", row);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
