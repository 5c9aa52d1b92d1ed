/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/series.h"

G_BEGIN_DECLS

/**
 * PcnScale:
 * @first: the lowest tick, a multiple of @step
 * @step: distance of ticks: 1, 2 or 5 times a power of ten
 * @n: number of ticks, at least 2
 * @decimals: digits after the point that tell two ticks apart
 *
 * The marks of an axis. The axis itself goes from @first to @first + (@n - 1) * @step.
 */
typedef struct {
  double first, step;
  guint n;
  guint decimals;
} PcnScale;

/**
 * pcn_scale_choose:
 * @low, @high: the range to be covered; equal ones, swapped ones and ones that are not finite are mended
 * @max_ticks: at most so many ticks, at least 2
 * @min_step: no step is smaller than this (1 for whole numbers), or 0
 */
PcnScale pcn_scale_choose (double low, double high, guint max_ticks, double min_step);

/**
 * pcn_scale_choose_log:
 * @low, @high: the range to be covered; what isn't above 0 can't be shown
 *
 * Returns: the marks of a logarithmic axis, in exponents of ten: @step is 1 or a whole number of decades
 */
PcnScale pcn_scale_choose_log (double low, double high, guint max_ticks);

/** pcn_scale_get_last: Returns: the highest tick */
double pcn_scale_get_last (const PcnScale *self);

/** pcn_scale_format: Returns: (transfer full): the value as the axis writes it; @percent: 0.25 is written as 25 % */
char *pcn_scale_format (const PcnScale *self, double value, gboolean percent);

/** pcn_value_format: Returns: (transfer full): a value for reading: three significant digits, or 98.7 % */
char *pcn_value_format (double value, gboolean percent);

/** pcn_points_nearest: Returns: index of the point whose x is nearest; @n > 0, x ascending */
guint pcn_points_nearest (const PcnPoint *points, guint n, double x);

/** pcn_points_clip: @first, @n_inside: (out): the points between @low and @high, and one more on each side, so that a line
 * goes on to the edge */
void pcn_points_clip (const PcnPoint *points, guint n, double low, double high, guint *first, guint *n_inside);

/** pcn_points_smooth: fills @smooth with the exponential moving average of @points; @weight: of what was before, 0 to 1;
 * the start is corrected as Adam does its moments (Kingma and Ba 2015, section 3) */
void pcn_points_smooth (const PcnPoint *points, guint n, double weight, PcnPoint *smooth);

/** pcn_zoom: makes the range of @low to @high, which lies within 0 and @end, @factor times as long about @centre; it stays
 * within, and no shorter than a hundredth of all */
void pcn_zoom (double *low, double *high, double end, double centre, double factor);

/**
 * pcn_points_bounds:
 *
 * Range of y that shows the curve: of long curves the highest hundredth is left out, as one wild first step would
 * press all that follows flat.
 *
 * Returns: FALSE when there is no point
 */
gboolean pcn_points_bounds (const PcnPoint *points, guint n, double *low, double *high);

G_END_DECLS
