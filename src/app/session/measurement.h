/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * PcnFigures: what a device was measured to do
 * @images_per_second, @step_ms: of training
 * @memory: bytes of device memory in use meanwhile
 * @latency_ms: of the classification of one picture; 0 when it was not measured
 */
typedef struct {
  double images_per_second;
  double step_ms;
  guint64 memory;
  double latency_ms;
} PcnFigures;

/**
 * PcnMeasurement:
 *
 * One device's row of a comparison. Immutable.
 */
#define PCN_TYPE_MEASUREMENT (pcn_measurement_get_type ())
G_DECLARE_FINAL_TYPE (PcnMeasurement, pcn_measurement, PCN, MEASUREMENT, GObject)

/** pcn_measurement_new: @problem: (nullable): why there are no figures */
PcnMeasurement *pcn_measurement_new (const char *id, const char *name, const PcnFigures *figures, const char *problem);
const char *pcn_measurement_get_id (PcnMeasurement *self);
const char *pcn_measurement_get_name (PcnMeasurement *self);
const char *pcn_measurement_get_problem (PcnMeasurement *self);
const PcnFigures *pcn_measurement_get_figures (PcnMeasurement *self);

/** pcn_measurements_to_json: Returns: (transfer full): @title: what was measured, @date: when, in seconds since 1970 */
char *pcn_measurements_to_json (GListModel *model, const char *title, gint64 date);
/** pcn_measurements_from_json: Returns: FALSE, and leaves everything alone, when that is no text of ours */
gboolean pcn_measurements_from_json (const char *text, GListStore *model, char **title, gint64 *date);

/** pcn_measurements_to_text: Returns: (transfer full): a table in plain text, for the clipboard */
char *pcn_measurements_to_text (GListModel *model, const char *title, gint64 date);

/** pcn_format_rate: Returns: (transfer full): pictures a second: “1,234” or “3.4” */
char *pcn_format_rate (double images_per_second);
/** pcn_format_ms: Returns: (transfer full): “12.3 ms” */
char *pcn_format_ms (double ms);
/** pcn_format_date: Returns: (transfer full): when, as people here write it */
char *pcn_format_date (gint64 seconds);

G_END_DECLS
