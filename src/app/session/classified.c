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
  float *raw, *probabilities;   /* the same array where they are the same */
  guint n_classes;
  int best, second;
  gboolean unknown;
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
  PROP_UNKNOWN,
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

/* What it may be instead, or, of an unknown one, what it may be. */
static int
get_second (PcnClassified *self)
{
  return self->unknown ? self->best : self->second;
}

static const char *
get_second_name (PcnClassified *self)
{
  const char *name = self->unknown ? self->class_name : self->runner_up;
  return name ? name : "";
}

static char *
make_runner_up_text (PcnClassified *self)
{
  if (get_second (self) < 0)
    return g_strdup ("");
  g_autofree char *share = format_share (self, get_second (self));
  return g_strdup_printf ("%s %s", get_second_name (self), share);
}

static const char *
get_class_name (PcnClassified *self)
{
  if (!self->class_name)
    return _ ("Can’t be read");
  return self->unknown ? _ ("Unknown") : self->class_name;
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
    g_value_set_string (value, get_class_name (self));
    break;
  case PROP_PROBABILITY:
    g_value_set_double (value, get_share (self, self->best));
    break;
  case PROP_PROBABILITY_TEXT:
    g_value_take_string (value, format_share (self, self->best));
    break;
  case PROP_RUNNER_UP:
    g_value_set_string (value, get_second_name (self));
    break;
  case PROP_RUNNER_UP_PROBABILITY:
    g_value_set_double (value, get_share (self, get_second (self)));
    break;
  case PROP_RUNNER_UP_TEXT:
    g_value_take_string (value, make_runner_up_text (self));
    break;
  case PROP_READABLE:
    g_value_set_boolean (value, self->best >= 0);
    break;
  case PROP_UNKNOWN:
    g_value_set_boolean (value, self->unknown);
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
  if (self->probabilities != self->raw)
    g_free (self->probabilities);
  g_free (self->raw);
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
  props[PROP_UNKNOWN] = g_param_spec_boolean ("unknown", NULL, NULL, FALSE, ro);
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
  self->raw = self->probabilities = g_memdup2 (probabilities, self->n_classes * sizeof *probabilities);
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

gboolean
pcn_classified_set_trust (PcnClassified *self, const float *scaled, double threshold)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), FALSE);

  if (self->best < 0)
    return FALSE;
  double before = get_share (self, self->best);
  if (scaled) {
    if (self->probabilities == self->raw)
      self->probabilities = g_new (float, self->n_classes);
    memcpy (self->probabilities, scaled, self->n_classes * sizeof *scaled);
  }
  gboolean unknown = get_share (self, self->best) < threshold;
  gboolean other_class = unknown != self->unknown, other_share = get_share (self, self->best) != before;
  self->unknown = unknown;
  g_object_freeze_notify (G_OBJECT (self));
  if (other_class) {
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNKNOWN]);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLASS_NAME]);
  }
  if (other_share) {
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBABILITY]);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBABILITY_TEXT]);
  }
  if (other_class || other_share)
    for (int p = PROP_RUNNER_UP; p <= PROP_RUNNER_UP_TEXT; p++)
      g_object_notify_by_pspec (G_OBJECT (self), props[p]);
  g_object_thaw_notify (G_OBJECT (self));
  return other_class || other_share;
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

gboolean
pcn_classified_get_unknown (PcnClassified *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), FALSE);
  return self->unknown;
}

const float *
pcn_classified_get_raw (PcnClassified *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), NULL);
  return self->raw;
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

void
pcn_classified_filter_init (PcnClassifiedFilter *self, const char *text, guint class_entry, guint sure_entry)
{
  static const int fixed[] = { PCN_CLASSIFIED_ANY, PCN_CLASSIFIED_UNKNOWN, PCN_CLASSIFIED_UNREADABLE };
  static const double ranges[][2] = { { -1, 2 }, { 0.9, 2 }, { 0.5, 0.9 }, { 0, 0.5 } };
  const double *range = ranges[sure_entry < G_N_ELEMENTS (ranges) ? sure_entry : 0];

  *self = (PcnClassifiedFilter){ text, PCN_CLASSIFIED_ANY, range[0], range[1] };
  if (class_entry < G_N_ELEMENTS (fixed))
    self->class_index = fixed[class_entry];
  else if (class_entry < G_MAXINT)
    self->class_index = (int) (class_entry - G_N_ELEMENTS (fixed));
}

gboolean
pcn_classified_matches (PcnClassified *self, const PcnClassifiedFilter *filter)
{
  g_return_val_if_fail (PCN_IS_CLASSIFIED (self), FALSE);

  int class_index = self->unknown ? PCN_CLASSIFIED_UNKNOWN : self->best;
  double share = get_share (self, self->best);
  if (filter->class_index != PCN_CLASSIFIED_ANY && class_index != filter->class_index)
    return FALSE;
  if (share < filter->low || share >= filter->high)
    return FALSE;
  if (!filter->text[0])
    return TRUE;
  g_autofree char *folded = g_utf8_casefold (filter->text, -1);
  return contains (self->name, folded) || contains (self->class_name ? get_class_name (self) : NULL, folded);
}

static void
add_row (GString *csv, PcnClassified *row, const char *file, guint n_classes)
{
  g_autofree char *path = g_filename_display_name (row->path);

  pcn_csv_add_text (csv, file ? file : path);
  /* As the command line program calls it: a table may be read by programs, whatever the language. */
  pcn_csv_add_text (csv, row->unknown ? "unknown" : row->class_name ? row->class_name : "");
  pcn_csv_add_number (csv, row->best >= 0 ? get_share (row, row->best) : NAN, 6);
  pcn_csv_add_text (csv, get_second_name (row));
  pcn_csv_add_number (csv, get_second (row) >= 0 ? get_share (row, get_second (row)) : NAN, 6);
  for (guint c = 0; c < n_classes; c++)
    pcn_csv_add_number (csv, c < row->n_classes ? (double) row->probabilities[c] : NAN, 6);
  pcn_csv_add_text (csv, row->reason ? row->reason : "");
  pcn_csv_end_row (csv);
}

GString *
pcn_classified_make_csv (GPtrArray *rows, const char *const *classes, GPtrArray *files)
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
    add_row (csv, g_ptr_array_index (rows, i), files ? g_ptr_array_index (files, i) : NULL,
             g_strv_length ((char **) classes));
  return csv;
}
