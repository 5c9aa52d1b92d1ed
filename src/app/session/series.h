/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnPoint:
 * @x: epochs since the start of the run; a fraction within an epoch
 * @y: the value
 */
typedef struct {
  double x, y;
} PcnPoint;

/**
 * PcnSeriesKind:
 * @PCN_SERIES_TRAIN: measured on the pictures that are learnt from; drawn as a line
 * @PCN_SERIES_VALIDATION: measured on pictures kept apart; drawn as a broken line with a mark at each value
 */
typedef enum {
  PCN_SERIES_TRAIN,
  PCN_SERIES_VALIDATION,
} PcnSeriesKind;

/**
 * PcnSeries:
 *
 * One curve of a chart, with x growing. Emits #PcnSeries::changed whenever points were added or removed.
 */
#define PCN_TYPE_SERIES (pcn_series_get_type ())
G_DECLARE_FINAL_TYPE (PcnSeries, pcn_series, PCN, SERIES, GObject)

PcnSeries *pcn_series_new (PcnSeriesKind kind, const char *name);
PcnSeriesKind pcn_series_get_kind (PcnSeries *self);
const char *pcn_series_get_name (PcnSeries *self);

/** pcn_series_append: adds a value; one that is not finite, or at an x before the last one's, is left out */
void pcn_series_append (PcnSeries *self, double x, double y);
void pcn_series_clear (PcnSeries *self);
/** pcn_series_truncate: removes the values beyond @x */
void pcn_series_truncate (PcnSeries *self, double x);

/** pcn_series_get_points: Returns: (transfer none): @n points, valid until the series changes */
const PcnPoint *pcn_series_get_points (PcnSeries *self, guint *n);

G_END_DECLS
