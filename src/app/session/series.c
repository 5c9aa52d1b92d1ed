/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/series.h"

#include <math.h>

struct _PcnSeries {
  GObject parent_instance;
  PcnSeriesKind kind;
  char *name;
  GArray *points;
};

G_DEFINE_FINAL_TYPE (PcnSeries, pcn_series, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
pcn_series_finalize (GObject *object)
{
  PcnSeries *self = PCN_SERIES (object);

  g_free (self->name);
  g_array_unref (self->points);
  G_OBJECT_CLASS (pcn_series_parent_class)->finalize (object);
}

static void
pcn_series_class_init (PcnSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_series_finalize;

  /**
   * PcnSeries::changed:
   *
   * Points were added or removed.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
pcn_series_init (PcnSeries *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (PcnPoint));
}

PcnSeries *
pcn_series_new (PcnSeriesKind kind, const char *name)
{
  PcnSeries *self = g_object_new (PCN_TYPE_SERIES, NULL);

  self->kind = kind;
  self->name = g_strdup (name);
  return self;
}

PcnSeriesKind
pcn_series_get_kind (PcnSeries *self)
{
  g_return_val_if_fail (PCN_IS_SERIES (self), PCN_SERIES_TRAIN);
  return self->kind;
}

const char *
pcn_series_get_name (PcnSeries *self)
{
  g_return_val_if_fail (PCN_IS_SERIES (self), NULL);
  return self->name;
}

void
pcn_series_append (PcnSeries *self, double x, double y)
{
  g_return_if_fail (PCN_IS_SERIES (self));

  if (!isfinite (x) || !isfinite (y))
    return;
  if (self->points->len > 0 && x < g_array_index (self->points, PcnPoint, self->points->len - 1).x)
    return;
  PcnPoint point = { x, y };
  g_array_append_val (self->points, point);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pcn_series_clear (PcnSeries *self)
{
  g_return_if_fail (PCN_IS_SERIES (self));

  if (self->points->len == 0)
    return;
  g_array_set_size (self->points, 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pcn_series_truncate (PcnSeries *self, double x)
{
  g_return_if_fail (PCN_IS_SERIES (self));

  guint n = self->points->len;
  while (n > 0 && g_array_index (self->points, PcnPoint, n - 1).x > x)
    n--;
  if (n == self->points->len)
    return;
  g_array_set_size (self->points, n);
  g_signal_emit (self, signals[CHANGED], 0);
}

const PcnPoint *
pcn_series_get_points (PcnSeries *self, guint *n)
{
  g_return_val_if_fail (PCN_IS_SERIES (self), NULL);

  *n = self->points->len;
  return (const PcnPoint *) (gpointer) self->points->data;
}
