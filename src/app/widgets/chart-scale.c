/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of charts, without a widget, so that it can be tested by itself. */
#include "config.h"

#include "widgets/chart-scale.h"

#include <glib/gi18n.h>
#include <math.h>

static double
nice_step (double raw)
{
  double power = pow (10, floor (log10 (raw)));
  double fraction = raw / power;

  if (fraction <= 1 + 1e-9)
    return power;
  if (fraction <= 2 + 1e-9)
    return 2 * power;
  if (fraction <= 5 + 1e-9)
    return 5 * power;
  return 10 * power;
}

PcnScale
pcn_scale_choose (double low, double high, guint max_ticks, double min_step)
{
  if (!isfinite (low) || !isfinite (high)) {
    low = 0;
    high = 1;
  }
  if (low > high) {
    double swap = low;
    low = high;
    high = swap;
  }
  /* Closer than a double can tell apart: any range around the value serves. */
  if (high - low <= fabs (high) * 1e-9)
    high = low + (low == 0 ? 1 : fabs (low) * 0.1);
  max_ticks = MAX (max_ticks, 2);

  double step = MAX (nice_step ((high - low) / (max_ticks - 1)), min_step);
  double first, last;
  for (;;) {
    first = floor (low / step + 1e-9) * step;
    last = ceil (high / step - 1e-9) * step;
    if (last <= first)
      last = first + step;
    /* Rounding both ends outwards may cost one tick more than there is room for. */
    if (llround ((last - first) / step) + 1 <= max_ticks || max_ticks == 2)
      break;
    step = nice_step (step * 1.5);
  }
  return (PcnScale){
    .first = first,
    .step = step,
    .n = (guint) llround ((last - first) / step) + 1,
    .decimals = (guint) CLAMP (-floor (log10 (step) + 1e-9), 0, 12),
  };
}

double
pcn_scale_get_last (const PcnScale *self)
{
  return self->first + (self->n - 1) * self->step;
}

char *
pcn_scale_format (const PcnScale *self, double value, gboolean percent)
{
  /* -0.0 would be written with its sign. */
  if (fabs (value) < self->step * 1e-6)
    value = 0;
  if (percent)
    /* Translators: a share on the axis of a chart, as in “25 %”; %.*f is the number */
    return g_strdup_printf (_ ("%.*f %%"), self->decimals > 2 ? (int) self->decimals - 2 : 0, value * 100);
  return g_strdup_printf ("%.*f", (int) self->decimals, value);
}

char *
pcn_value_format (double value, gboolean percent)
{
  if (percent)
    /* Translators: a share, as in “98.7 %”; %.1f is the number */
    return g_strdup_printf (_ ("%.1f %%"), value * 100);
  double size = fabs (value);
  int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.001 || size == 0 ? 3 : 5;
  return g_strdup_printf ("%.*f", decimals, value);
}

guint
pcn_points_nearest (const PcnPoint *points, guint n, double x)
{
  guint low = 0, high = n - 1;

  while (low < high) {
    guint middle = (low + high) / 2;
    if (points[middle].x < x)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 && x - points[low - 1].x < points[low].x - x ? low - 1 : low;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

gboolean
pcn_points_bounds (const PcnPoint *points, guint n, double *low, double *high)
{
  if (n == 0)
    return FALSE;
  /* A few thousand values spread over a long curve say as much as all of them. */
  guint stride = n / 4096 + 1, count = 0;
  g_autofree double *values = g_new (double, n / stride + 1);
  for (guint i = 0; i < n; i += stride)
    values[count++] = points[i].y;
  values[count - 1] = points[n - 1].y;
  qsort (values, count, sizeof *values, compare_doubles);
  *low = values[0];
  *high = values[count - 1 - (count >= 100 ? count / 100 : 0)];
  return TRUE;
}

PcnScale
pcn_scale_choose_log (double low, double high, guint max_ticks)
{
  if (!isfinite (high) || high <= 0)
    high = 1;
  if (!isfinite (low) || low <= 0 || low > high)
    low = high / 10;
  int first = (int) floor (log10 (low)), last = (int) ceil (log10 (high));
  last = MAX (last, first + 1);
  guint decades = (guint) (last - first), step = 1;
  while (decades / step + 1 > MAX (max_ticks, 2))
    step++;
  return (PcnScale){ .first = first, .step = step, .n = (decades + step - 1) / step + 1 };
}

void
pcn_points_clip (const PcnPoint *points, guint n, double low, double high, guint *first, guint *n_inside)
{
  guint from = 0, to = n;

  while (from < n && points[from].x < low)
    from++;
  while (to > from && points[to - 1].x > high)
    to--;
  from = from > 0 ? from - 1 : 0;
  to = MIN (to + 1, n);
  *first = from;
  *n_inside = to - from;
}

void
pcn_points_smooth (const PcnPoint *points, guint n, double weight, PcnPoint *smooth)
{
  double mean = 0, correction = 1;

  for (guint i = 0; i < n; i++) {
    mean = weight * mean + (1 - weight) * points[i].y;
    correction *= weight;
    smooth[i] = (PcnPoint){ points[i].x, mean / (1 - correction) };
  }
}

void
pcn_zoom (double *low, double *high, double end, double centre, double factor)
{
  double length = CLAMP ((*high - *low) * factor, end / 100, end);
  double share = (centre - *low) / MAX (*high - *low, 1e-9);

  *low = CLAMP (centre - share * length, 0, end - length);
  *high = *low + length;
}
