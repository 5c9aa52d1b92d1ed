/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/measurement.h"

#include <glib/gi18n.h>
#include <math.h>

#define FORMAT 1

struct _PcnMeasurement {
  GObject parent_instance;
  char *id, *name, *problem;
  PcnFigures figures;
};

G_DEFINE_FINAL_TYPE (PcnMeasurement, pcn_measurement, G_TYPE_OBJECT)

static void
pcn_measurement_finalize (GObject *object)
{
  PcnMeasurement *self = PCN_MEASUREMENT (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->problem);
  G_OBJECT_CLASS (pcn_measurement_parent_class)->finalize (object);
}

static void
pcn_measurement_class_init (PcnMeasurementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_measurement_finalize;
}

static void
pcn_measurement_init (PcnMeasurement *self)
{
}

PcnMeasurement *
pcn_measurement_new (const char *id, const char *name, const PcnFigures *figures, const char *problem)
{
  PcnMeasurement *self = g_object_new (PCN_TYPE_MEASUREMENT, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->problem = g_strdup (problem);
  if (figures)
    self->figures = *figures;
  return self;
}

const char *
pcn_measurement_get_id (PcnMeasurement *self)
{
  g_return_val_if_fail (PCN_IS_MEASUREMENT (self), NULL);
  return self->id;
}

const char *
pcn_measurement_get_name (PcnMeasurement *self)
{
  g_return_val_if_fail (PCN_IS_MEASUREMENT (self), NULL);
  return self->name;
}

const char *
pcn_measurement_get_problem (PcnMeasurement *self)
{
  g_return_val_if_fail (PCN_IS_MEASUREMENT (self), NULL);
  return self->problem;
}

const PcnFigures *
pcn_measurement_get_figures (PcnMeasurement *self)
{
  g_return_val_if_fail (PCN_IS_MEASUREMENT (self), NULL);
  return &self->figures;
}

static void
add_json (JsonBuilder *builder, PcnMeasurement *self)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, self->id);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, self->name);
  if (self->problem) {
    json_builder_set_member_name (builder, "problem");
    json_builder_add_string_value (builder, self->problem);
  }
  json_builder_set_member_name (builder, "images-per-second");
  json_builder_add_double_value (builder, self->figures.images_per_second);
  json_builder_set_member_name (builder, "step-ms");
  json_builder_add_double_value (builder, self->figures.step_ms);
  json_builder_set_member_name (builder, "memory");
  json_builder_add_int_value (builder, (gint64) self->figures.memory);
  json_builder_set_member_name (builder, "latency-ms");
  json_builder_add_double_value (builder, self->figures.latency_ms);
  json_builder_end_object (builder);
}

char *
pcn_measurements_to_json (GListModel *model, const char *title, gint64 date)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, FORMAT);
  json_builder_set_member_name (builder, "title");
  json_builder_add_string_value (builder, title ? title : "");
  json_builder_set_member_name (builder, "date");
  json_builder_add_int_value (builder, date);
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PcnMeasurement) item = g_list_model_get_item (model, i);
    add_json (builder, item);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* A number of a file, which may have been written by anybody. */
static double
get_number (JsonObject *object, const char *name)
{
  double value = json_object_get_double_member_with_default (object, name, 0);

  return isfinite (value) && value > 0 ? value : 0;
}

gboolean
pcn_measurements_from_json (const char *text, GListStore *model, char **title, gint64 *date)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_data (parser, text, -1, NULL))
    return FALSE;
  JsonNode *root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  JsonObject *object = json_node_get_object (root);
  JsonNode *devices = json_object_get_member (object, "devices");
  if (json_object_get_int_member_with_default (object, "format", 0) != FORMAT || !devices
      || !JSON_NODE_HOLDS_ARRAY (devices))
    return FALSE;
  JsonArray *array = json_node_get_array (devices);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      continue;
    JsonObject *item = json_array_get_object_element (array, i);
    PcnFigures figures = { .images_per_second = get_number (item, "images-per-second"),
                           .step_ms = get_number (item, "step-ms"),
                           .memory = (guint64) get_number (item, "memory"),
                           .latency_ms = get_number (item, "latency-ms") };
    g_autoptr (PcnMeasurement) measurement
        = pcn_measurement_new (json_object_get_string_member_with_default (item, "id", ""),
                               json_object_get_string_member_with_default (item, "name", ""), &figures,
                               json_object_get_string_member_with_default (item, "problem", NULL));
    g_list_store_append (model, measurement);
  }
  *title = g_strdup (json_object_get_string_member_with_default (object, "title", ""));
  *date = json_object_get_int_member_with_default (object, "date", 0);
  return TRUE;
}

char *
pcn_format_rate (double images_per_second)
{
  if (images_per_second >= 100)
    return pcn_format_count ((guint64) llround (images_per_second));
  return g_strdup_printf ("%.1f", images_per_second);
}

char *
pcn_format_ms (double ms)
{
  int digits = ms < 10 ? 2 : ms < 100 ? 1 : 0;

  /* Translators: a time in milliseconds */
  return g_strdup_printf (_ ("%.*f ms"), digits, ms);
}

char *
pcn_format_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (seconds);

  return date ? g_date_time_format (date, "%x %H:%M") : g_strdup ("");
}

/* Columns as wide as their contents: the first to the left, numbers to the right. */
static void
append_row (GString *text, char **cells, const guint *widths, guint n)
{
  for (guint i = 0; i < n; i++) {
    int pad = (int) (widths[i] - (guint) g_utf8_strlen (cells[i], -1));
    if (i == 0)
      g_string_append_printf (text, "%s%*s", cells[i], i + 1 < n ? pad : 0, "");
    else
      g_string_append_printf (text, "  %*s%s", pad, "", cells[i]);
  }
  g_string_append_c (text, '\n');
}

enum { N_COLUMNS = 5 };

static char **
make_cells (PcnMeasurement *self)
{
  char **cells = g_new0 (char *, N_COLUMNS + 1);

  cells[0] = g_strdup (self->name);
  for (guint i = 1; i < N_COLUMNS; i++)
    cells[i] = NULL;
  cells[1] = self->problem ? g_strdup ("–") : pcn_format_rate (self->figures.images_per_second);
  cells[2] = self->problem ? g_strdup ("–") : pcn_format_ms (self->figures.step_ms);
  cells[3] = self->problem || self->figures.latency_ms <= 0 ? g_strdup ("–")
                                                            : pcn_format_ms (self->figures.latency_ms);
  cells[4] = self->problem ? g_strdup ("–") : pcn_format_memory (self->figures.memory);
  return cells;
}

char *
pcn_measurements_to_text (GListModel *model, const char *title, gint64 date)
{
  const char *const headings[N_COLUMNS + 1]
      = { _ ("Device"), _ ("Pictures/s"), _ ("Step"), _ ("One Picture"), _ ("Memory"), NULL };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  guint widths[N_COLUMNS] = { 0 };
  g_autofree char *when = pcn_format_date (date);
  g_autoptr (GString) text = g_string_new (NULL);

  g_ptr_array_add (rows, g_strdupv ((char **) headings));
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PcnMeasurement) item = g_list_model_get_item (model, i);
    g_ptr_array_add (rows, make_cells (item));
  }
  for (guint r = 0; r < rows->len; r++)
    for (guint i = 0; i < N_COLUMNS; i++)
      widths[i] = MAX (widths[i], (guint) g_utf8_strlen (((char **) rows->pdata[r])[i], -1));
  g_string_append_printf (text, "Perceptron %s · %s · %s\n\n", PACKAGE_VERSION, title ? title : "", when);
  for (guint r = 0; r < rows->len; r++)
    append_row (text, rows->pdata[r], widths, N_COLUMNS);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PcnMeasurement) item = g_list_model_get_item (model, i);
    if (item->problem)
      g_string_append_printf (text, "\n%s: %s\n", item->name, item->problem);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
