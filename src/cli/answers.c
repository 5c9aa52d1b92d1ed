/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "answers.h"
#include "run-data.h"

#include "train/calibration.h"
#include "train/predictor.h"

#define MAX_BATCH 64
#define UNKNOWN "unknown"

void
cli_answers_clear (CliAnswers *self)
{
  g_clear_pointer (&self->probabilities, g_free);
}

gboolean
cli_answers_ask (CliAnswers *self, NnModel *model, const char *device, const guint8 *pixels, double threshold,
                 GError **error)
{
  g_autoptr (NnContext) context = cli_open_device (device, error);
  if (context == NULL)
    return FALSE;
  guint batch = nn_network_limit_batch (nn_model_get_graph (model), (guint) CLAMP (self->n, 1, MAX_BATCH));
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, batch, error);
  if (predictor == NULL)
    return FALSE;
  self->classes = nn_model_get_classes (model);
  self->n_classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  self->threshold = threshold >= 0 ? threshold : nn_model_get_threshold (model);
  self->probabilities = g_new0 (float, self->n * self->n_classes);
  if (!nn_predictor_run (predictor, pixels, self->n, self->probabilities, error))
    return FALSE;
  nn_temperature_apply (self->probabilities, self->n, self->n_classes, nn_model_get_temperature (model));
  return TRUE;
}

static guint
best_of (const float *probabilities, guint n, int except)
{
  guint best = except == 0 ? 1 : 0;
  for (guint c = 0; c < n; c++)
    if ((int) c != except && probabilities[c] > probabilities[best])
      best = c;
  return best;
}

static const float *
row_of (const CliAnswers *self, gsize index)
{
  return self->probabilities + index * self->n_classes;
}

guint
cli_answers_get_best (const CliAnswers *self, gsize index)
{
  return best_of (row_of (self, index), self->n_classes, -1);
}

gboolean
cli_answers_is_unknown (const CliAnswers *self, gsize index)
{
  return (double) row_of (self, index)[cli_answers_get_best (self, index)] < self->threshold;
}

const char *
cli_answers_get_name (const CliAnswers *self, gsize index)
{
  return cli_answers_is_unknown (self, index) ? UNKNOWN : self->classes[cli_answers_get_best (self, index)];
}

void
cli_answers_add_json (const CliAnswers *self, JsonBuilder *builder, gsize index)
{
  const float *p = row_of (self, index);
  guint best = cli_answers_get_best (self, index);
  cli_json_string (builder, "class", cli_answers_get_name (self, index));
  if (self->threshold > 0)
    cli_json_string (builder, "guess", self->classes[best]);
  cli_json_double (builder, "probability", p[best]);
  json_builder_set_member_name (builder, "probabilities");
  json_builder_begin_object (builder);
  for (guint c = 0; c < self->n_classes; c++)
    cli_json_double (builder, self->classes[c], p[c]);
  json_builder_end_object (builder);
}

char *
cli_answers_describe (const CliAnswers *self, gsize index)
{
  const float *p = row_of (self, index);
  guint best = cli_answers_get_best (self, index);
  /* Of an unknown one the guess is what it may be. */
  guint second = cli_answers_is_unknown (self, index) ? best : best_of (p, self->n_classes, (int) best);
  return g_strdup_printf ("%s\t%.2f %%\t%s\t%.2f %%", cli_answers_get_name (self, index), p[best] * 100,
                          self->classes[second], p[second] * 100);
}

CliTable *
cli_answers_new_csv (const CliAnswers *self, const char *first, const char *second)
{
  g_autoptr (GPtrArray) headings = g_ptr_array_new ();
  g_ptr_array_add (headings, (gpointer) first);
  if (second != NULL)
    g_ptr_array_add (headings, (gpointer) second);
  g_ptr_array_add (headings, (gpointer) "class");
  g_ptr_array_add (headings, (gpointer) "probability");
  for (guint c = 0; c < self->n_classes; c++)
    g_ptr_array_add (headings, (gpointer) self->classes[c]);
  g_ptr_array_add (headings, NULL);
  return cli_table_new ((const char *const *) headings->pdata, NULL);
}

void
cli_answers_add_csv (const CliAnswers *self, CliTable *table, gsize index, const char *first, const char *second)
{
  const float *p = row_of (self, index);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (cells, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (cells, g_strdup (second));
  g_ptr_array_add (cells, g_strdup (cli_answers_get_name (self, index)));
  g_ptr_array_add (cells, g_strdup_printf ("%.6f", p[cli_answers_get_best (self, index)]));
  for (guint c = 0; c < self->n_classes; c++)
    g_ptr_array_add (cells, g_strdup_printf ("%.6f", p[c]));
  cli_table_add (table, (const char *const *) cells->pdata);
}
