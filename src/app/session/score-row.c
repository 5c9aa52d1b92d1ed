/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/score-row.h"
#include "format.h"
#include "widgets/chart-scale.h"

#include <math.h>

enum {
  PROP_NAME = 1,
  PROP_COUNT,
  PROP_COUNT_TEXT,
  PROP_PRECISION,
  PROP_RECALL,
  PROP_F1,
  PROP_PRECISION_TEXT,
  PROP_RECALL_TEXT,
  PROP_F1_TEXT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

struct _PcnScoreRow {
  GObject parent_instance;
  guint class_index;
  char *name;
  guint64 count;
  double shares[3]; /* in the order of the properties */
};

G_DEFINE_FINAL_TYPE (PcnScoreRow, pcn_score_row, G_TYPE_OBJECT)

static void
pcn_score_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnScoreRow *self = PCN_SCORE_ROW (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_COUNT:
    g_value_set_uint64 (value, self->count);
    break;
  case PROP_COUNT_TEXT:
    g_value_take_string (value, pcn_format_count (self->count));
    break;
  case PROP_PRECISION:
  case PROP_RECALL:
  case PROP_F1:
    g_value_set_double (value, self->shares[id - PROP_PRECISION]);
    break;
  case PROP_PRECISION_TEXT:
  case PROP_RECALL_TEXT:
  case PROP_F1_TEXT: {
    double share = self->shares[id - PROP_PRECISION_TEXT];
    g_value_take_string (value, share < 0 ? g_strdup ("–") : pcn_value_format (share, TRUE));
    break;
  }
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_score_row_finalize (GObject *object)
{
  g_free (PCN_SCORE_ROW (object)->name);
  G_OBJECT_CLASS (pcn_score_row_parent_class)->finalize (object);
}

static void
pcn_score_row_class_init (PcnScoreRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_score_row_get_property;
  object_class->finalize = pcn_score_row_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);
  props[PROP_COUNT] = g_param_spec_uint64 ("count", NULL, NULL, 0, G_MAXUINT64, 0, ro);
  props[PROP_COUNT_TEXT] = g_param_spec_string ("count-text", NULL, NULL, NULL, ro);
  props[PROP_PRECISION] = g_param_spec_double ("precision", NULL, NULL, -1, 1, -1, ro);
  props[PROP_RECALL] = g_param_spec_double ("recall", NULL, NULL, -1, 1, -1, ro);
  props[PROP_F1] = g_param_spec_double ("f1", NULL, NULL, -1, 1, -1, ro);
  props[PROP_PRECISION_TEXT] = g_param_spec_string ("precision-text", NULL, NULL, NULL, ro);
  props[PROP_RECALL_TEXT] = g_param_spec_string ("recall-text", NULL, NULL, NULL, ro);
  props[PROP_F1_TEXT] = g_param_spec_string ("f1-text", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_score_row_init (PcnScoreRow *self)
{
}

PcnScoreRow *
pcn_score_row_new (guint class_index, const char *name, guint64 count, double precision, double recall,
                   double f1)
{
  PcnScoreRow *self = g_object_new (PCN_TYPE_SCORE_ROW, NULL);
  const double shares[3] = { precision, recall, f1 };

  self->class_index = class_index;
  self->name = pcn_format_title (name);
  self->count = count;
  for (guint i = 0; i < 3; i++)
    self->shares[i] = isnan (shares[i]) ? -1 : shares[i];
  return self;
}

guint
pcn_score_row_get_class (PcnScoreRow *self)
{
  g_return_val_if_fail (PCN_IS_SCORE_ROW (self), 0);
  return self->class_index;
}
