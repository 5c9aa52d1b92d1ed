/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/classified.h"
#include "format.h"
#include "session/csv.h"
#include "widgets/chart-scale.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _PcnClassified {
  GObject parent_instance;
  char *path, *name, *reason;
  char *class_name, *runner_up; /* interned by reference: rows share them */
  float *probabilities;
  guint n_classes;
  int best, second;
};

G_DEFINE_FINAL_TYPE (PcnClassified, pcn_classified, G_TYPE_OBJECT)

enum {
  PROP_PATH = 1,
  PROP_NAME,
  PROP_CLASS_NAME,
  PROP_PROBABILITY,
  PROP_PROBABILITY_TEXT,
  PROP_RUNNER_UP,
  PROP_RUNNER_UP_PROBABILITY,
  PROP_RUNNER_UP_TEXT,
  PROP_READABLE,
  PROP_TOOLTIP,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static double
get_share (PcnClassified *self, int class_index)
{
  return class_index >= 0 ? (double) self->probabilities[class_index] : -1;
}

static char *
format_share (PcnClassified *self, int class_index)
{
  return class_index >= 0 ? pcn_value_format (get_share (self, class_index), TRUE) : g_strdup ("");
}

static char *
make_runner_up_text (PcnClassified *self)
{
  if (self->second < 0)
    return g_strdup ("");
  g_autofree char *share = format_share (self, self->second);
  return g_strdup_printf ("%s %s", self->runner_up, share);
}

static char *
make_tooltip (PcnClassified *self)
{
  g_autofree char *display = g_filename_display_name (self->path);
  g_autofree char *path = pcn_format_title (display);

  return self->reason ? g_strdup_printf ("%s\n%s", path, self->reason) : g_steal_pointer (&path);
}

static void
pcn_classified_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnClassified *self = PCN_CLASSIFIED (object);

  switch (id) {
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_CLASS_NAME:
    g_value_set_string (value, self->class_name ? self->class_name : _ ("Can’t be read"));
    break;
  case PROP_PROBABILITY:
    g_value_set_double (value, get_share (self, self->best));
    break;
  case PROP_PROBABILITY_TEXT:
    g_value_take_string (value, format_share (self, self->best));
    break;
  case PROP_RUNNER_UP:
    g_value_set_string (value, self->runner_up ? self->runner_up : "");
    break;
  case PROP_RUNNER_UP_PROBABILITY:
    g_value_set_double (value, get_share (self, self->second));
    break;
  case PROP_RUNNER_UP_TEXT:
    g_value_take_string (value, make_runner_up_text (self));
    break;
  case PROP_READABLE:
    g_value_set_boolean (value, self->best >= 0);
    break;
  case PROP_TOOLTIP:
    g_value_take_string (value, make_tooltip (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_classified_finalize (GObject *object)
{
  PcnClassified *self = PCN_CLASSIFIED (object);

  g_free (self->path);
  g_free (self->name);
  g_free (self->reason);
  g_free (self->probabilities);
  g_clear_pointer (&self->class_name, g_ref_string_release);
  g_clear_pointer (&self->runner_up, g_ref_string_release);
  G_OBJECT_CLASS (pcn_classified_parent_class)->finalize (object);
}

static void
pcn_classified_class_init (PcnClassifiedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_classified_get_property;
  object_class->finalize = pcn_classified_finalize;
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, ro);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);
  props[PROP_CLASS_NAME] = g_param_spec_string ("class-name", NULL, NULL, NULL, ro);
  props[PROP_PROBABILITY] = g_param_spec_double ("probability", NULL, NULL, -1, 1, -1, ro);
  props[PROP_PROBABILITY_TEXT] = g_param_spec_string ("probability-text", NULL, NULL, NULL, ro);
  props[PROP_RUNNER_UP] = g_param_spec_string ("runner-up", NULL, NULL, NULL, ro);
  props[PROP_RUNNER_UP_PROBABILITY]
      = g_param_spec_double ("runner-up-probability", NULL, NULL, -1, 1, -1, ro);
  props[PROP_RUNNER_UP_TEXT] = g_param_spec_string ("runner-up-text", NULL, NULL, NULL, ro);
  props[PROP_READABLE] = g_param_spec_boolean ("readable", NULL, NULL, FALSE, ro);
  props[PROP_TOOLTIP] = g_param_spec_string ("tooltip", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_classified_init (PcnClassified *self)
{
  self->best = self->second = -1;
}

static PcnClassified *
new_row (const char *path)
{
  PcnClassified *self = g_object_new (PCN_TYPE_CLASSIFIED, NULL);
  g_autofree char *base = g_path_get_basename (path);

  self->path = g_strdup (path);
  self->name = pcn_format_title (base);
  return self;
}

static int
find_best (const float *values, guint n, int except)
{
  int best = -1;

  for (guint c = 0; c < n; c++)
    if ((int) c != except && (best < 0 || values[c] > values[best]))
      best = (int) c;
  return best;
}

static char *
share_name (const char *name)
{
  g_autofree char *title = pcn_format_title (name);
  return g_ref_string_new_intern (title);
}

PcnClassified *
pcn_classified_new (const char *path, const char *const *classes, const float *probabilities)
{
  PcnClassified *self = new_row (path);

  self->n_classes = g_strv_length ((char **) classes);
  self->probabilities = g_memdup2 (probabilities, self->n_classes * sizeof *probabilities);
  self->best = find_best (probabilities, self->n_classes, -1);
  self->second = find_best (probabilities, self->n_classes, self->best);
  self->class_name = share_name (classes[self->best]);
  if (self->second >= 0)
    self->runner_up = share_name (classes[self->second]);
  return self;
}

PcnClassified *
pcn_classified_new_unreadable (const char *path, const char *reason)
{
  PcnClassified *self = new_row (path);

  self->reason = g_strdup (reason);
  return self;
}

const char *
pcn_classified_get_path (PcnClassified *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), NULL);
  return self->path;
}

int
pcn_classified_get_class (PcnClassified *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), -1);
  return self->best;
}

const char *
pcn_classified_get_reason (PcnClassified *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), NULL);
  return self->reason;
}

const float *
pcn_classified_get_probabilities (PcnClassified *self, guint *n)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), NULL);

  *n = self->n_classes;
  return self->probabilities;
}

static gboolean
contains (const char *text, const char *folded_part)
{
  if (!text)
    return FALSE;
  g_autofree char *folded = g_utf8_casefold (text, -1);
  return strstr (folded, folded_part) != NULL;
}

gboolean
pcn_classified_matches (PcnClassified *self, const char *text, int class_index)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), FALSE);

  if (class_index != PCN_CLASSIFIED_ANY && self->best != class_index)
    return FALSE;
  if (!text[0])
    return TRUE;
  g_autofree char *folded = g_utf8_casefold (text, -1);
  return contains (self->name, folded) || contains (self->class_name, folded);
}

static void
add_row (GString *csv, PcnClassified *row, guint n_classes)
{
  g_autofree char *path = g_filename_display_name (row->path);

  pcn_csv_add_text (csv, path);
  pcn_csv_add_text (csv, row->class_name ? row->class_name : "");
  pcn_csv_add_number (csv, row->best >= 0 ? get_share (row, row->best) : NAN, 6);
  pcn_csv_add_text (csv, row->runner_up ? row->runner_up : "");
  pcn_csv_add_number (csv, row->second >= 0 ? get_share (row, row->second) : NAN, 6);
  for (guint c = 0; c < n_classes; c++)
    pcn_csv_add_number (csv, c < row->n_classes ? (double) row->probabilities[c] : NAN, 6);
  pcn_csv_add_text (csv, row->reason ? row->reason : "");
  pcn_csv_end_row (csv);
}

GString *
pcn_classified_make_csv (GPtrArray *rows, const char *const *classes)
{
  static const char *const head[] = { "file", "class", "probability", "runner-up", "runner-up probability" };
  GString *csv = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    pcn_csv_add_text (csv, head[i]);
  for (guint c = 0; classes[c]; c++)
    pcn_csv_add_text (csv, classes[c]);
  pcn_csv_add_text (csv, "error");
  pcn_csv_end_row (csv);
  for (guint i = 0; i < rows->len; i++)
    add_row (csv, g_ptr_array_index (rows, i), g_strv_length ((char **) classes));
  return csv;
}
