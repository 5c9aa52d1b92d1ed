/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/validation.h"

#include "net/batch.h"
#include "net/loss.h"
#include "net/rows.h"
#include "train/calibration.h"

#include <math.h>

#define FIRST_BATCH_MS 100 /* a guess until one was measured */
/* Numbers among the answers that are kept: one temperature needs no more, and more would take a while to fit. */
#define MAX_KEPT (1 << 18)

struct _NnValidation {
  NnContext *context;
  NnGraph *graph;
  NnFeed *feed;                 /* of pictures, or NULL and: */
  const NnFeatureSet *features; /* what the frozen part of the network gives for them, */
  NnTensor *places;             /* and which rows the batches take */
  guint n;
  NnNetwork *network;
  NnCommands *commands[NN_FEED_SLOTS];
  guint32 *order;
  NnTensor *labels, *sample_loss, *sample_hit;
  NnMetrics *metrics;
  guint batch, n_batches, next;
  double batch_ms; /* of the last one */
  /* Of every keep_each-th batch; NULL where they aren't wanted. */
  float *answers;
  gint32 *answer_labels;
  guint keep_each, n_kept;
};

static gboolean
record_gather (NnValidation *self, guint slot, const NnPreprocess *preprocess, NnCommands *commands, GError **error)
{
  NnTensor *x = nn_network_get_input (self->network), *step = nn_network_get_step (self->network);
  const NnFeatureSet *features = self->features;
  if (features) {
    NnRowGather rows = { .rows = features->rows, .labels = features->labels, .n_rows = self->n, .width = features->width,
                         .order = self->places, .step = step, .batch = self->batch, .x = x, .labels_out = self->labels };
    return nn_row_gather_record (commands, &rows, error);
  }
  NnGather gather = { .input = *nn_graph_get_input_shape (self->graph), .preprocess = preprocess, .step = step, .x = x,
                      .labels_out = self->labels };
  nn_feed_fill_gather (self->feed, slot, &gather);
  return nn_gather_record (commands, &gather, error);
}

/* The launches of a batch that lies in @slot. */
static gboolean
record (NnValidation *self, guint slot, const NnPreprocess *preprocess, GError **error)
{
  NnLoss loss = {
    .batch = self->batch, .classes = nn_graph_get_n_classes (self->graph), .logits = nn_network_get_logits (self->network),
    .labels = self->labels, .sample_loss = self->sample_loss, .sample_hit = self->sample_hit,
  };
  NnCommands *commands = self->commands[slot] = nn_commands_new (self->context);
  return record_gather (self, slot, preprocess, commands, error) &&
         nn_network_record_forward (self->network, commands, error) && nn_loss_record (commands, &loss, error) &&
         nn_step_end_record (commands, &loss, self->metrics, nn_network_get_step (self->network), error);
}

/* 0, 1, 2, …, then -1: padding of the last batch. */
static guint32 *
create_order (guint n, gsize n_places)
{
  guint32 *order = g_new (guint32, n_places);
  for (gsize i = 0; i < n_places; i++)
    order[i] = i < n ? (guint32) i : (guint32) -1;
  return order;
}

/* What a batch needs besides its pictures, of which there are @n. */
static NnValidation *
validation_alloc (NnWeights *weights, gsize n, guint batch, guint cut, GError **error)
{
  g_autoptr (NnValidation) self = g_new0 (NnValidation, 1);
  self->graph = nn_graph_ref (nn_weights_get_graph (weights));
  self->context = nn_context_ref (nn_weights_get_context (weights));
  self->n = (guint) n;
  self->batch = (guint) CLAMP (n, 1, batch);
  self->batch_ms = FIRST_BATCH_MS;
  self->n_batches = (guint) ((MAX (n, 1) + self->batch - 1) / self->batch);
  guint last = nn_graph_get_n_nodes (self->graph) - 1;
  gboolean ok = (self->network = nn_network_new_part (weights, self->batch, FALSE, cut, last, error)) != NULL &&
                (self->labels = nn_tensor_new (self->context, NN_DTYPE_INT32, self->batch, error)) != NULL &&
                (self->sample_loss = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->sample_hit = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->metrics = nn_metrics_new (self->context, self->n_batches, error)) != NULL;
  self->order = create_order (self->n, (gsize) self->n_batches * self->batch);
  return ok ? g_steal_pointer (&self) : NULL;
}

NnValidation *
nn_validation_new (NnWeights *weights, const NnPreprocess *preprocess, NnPixels *pixels, guint batch, gsize stream_bytes,
                   GError **error)
{
  g_autoptr (NnValidation) self = validation_alloc (weights, pixels->n, batch, 0, error);
  if (self == NULL
      || (self->feed = nn_feed_new (self->context, pixels, nn_graph_get_n_classes (self->graph), self->batch, stream_bytes,
                                    error)) == NULL)
    return NULL;
  for (guint slot = 0; slot < nn_feed_get_n_slots (self->feed); slot++)
    if (!record (self, slot, preprocess, error))
      return NULL;
  return g_steal_pointer (&self);
}

NnValidation *
nn_validation_new_from_features (NnWeights *weights, const NnFeatureSet *features, guint cut, guint batch, GError **error)
{
  g_return_val_if_fail (features->n_views == 1, NULL);
  g_autoptr (NnValidation) self = validation_alloc (weights, features->n, batch, cut, error);
  if (self == NULL)
    return NULL;
  self->features = features;
  self->places = nn_tensor_new (self->context, NN_DTYPE_INT32, (gsize) self->n_batches * self->batch, error);
  return self->places && record (self, 0, NULL, error) ? g_steal_pointer (&self) : NULL;
}

void
nn_validation_free (NnValidation *self)
{
  for (guint slot = 0; slot < NN_FEED_SLOTS; slot++)
    g_clear_pointer (&self->commands[slot], nn_commands_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->feed, nn_feed_free);
  g_free (self->order);
  g_free (self->answers);
  g_free (self->answer_labels);
  g_clear_pointer (&self->places, nn_tensor_unref);
  g_clear_pointer (&self->labels, nn_tensor_unref);
  g_clear_pointer (&self->sample_loss, nn_tensor_unref);
  g_clear_pointer (&self->sample_hit, nn_tensor_unref);
  g_clear_pointer (&self->metrics, nn_metrics_free);
  nn_graph_unref (self->graph);
  nn_context_unref (self->context);
  g_free (self);
}

void
nn_validation_keep_answers (NnValidation *self, gboolean keep)
{
  guint n_classes = nn_graph_get_n_classes (self->graph);
  g_clear_pointer (&self->answers, g_free);
  g_clear_pointer (&self->answer_labels, g_free);
  self->n_kept = 0;
  if (!keep)
    return;
  guint n_wanted = MAX (MAX_KEPT / (self->batch * n_classes), 1);
  self->keep_each = (self->n_batches + n_wanted - 1) / n_wanted;
  gsize n = (gsize) (self->n_batches + self->keep_each - 1) / self->keep_each * self->batch;
  self->answers = g_new (float, n * n_classes);
  self->answer_labels = g_new (gint32, n);
}

/* From logits to probabilities, in place. */
static void
soften (float *row, guint n)
{
  double top = -INFINITY, sum = 0;
  for (guint c = 0; c < n; c++)
    top = MAX (top, (double) row[c]);
  for (guint c = 0; c < n; c++)
    sum += exp ((double) row[c] - top);
  for (guint c = 0; c < n; c++)
    row[c] = (float) (exp ((double) row[c] - top) / sum);
}

/* Reads what the batch that ran last gave. Rows of padding, which have no label, are overwritten by the next batch. */
static gboolean
keep_batch (NnValidation *self, GError **error)
{
  guint n_classes = nn_graph_get_n_classes (self->graph);
  float *rows = self->answers + (gsize) self->n_kept * n_classes;
  gint32 *labels = self->answer_labels + self->n_kept;
  if (!nn_tensor_download (nn_network_get_logits (self->network), rows, error)
      || !nn_tensor_download (self->labels, labels, error))
    return FALSE;
  for (guint i = 0; i < self->batch && labels[i] >= 0; i++) {
    soften (rows + (gsize) i * n_classes, n_classes);
    self->n_kept++;
  }
  return TRUE;
}

double
nn_validation_get_temperature (NnValidation *self)
{
  if (self->n_kept == 0)
    return 0;
  return nn_temperature_fit (self->answers, self->answer_labels, self->n_kept, nn_graph_get_n_classes (self->graph), NULL);
}

gboolean
nn_validation_start (NnValidation *self, GError **error)
{
  static const cl_uint zeros[4] = { 0 };
  self->next = self->n_kept = 0;
  gboolean ok = self->feed ? nn_feed_start (self->feed, self->order, error)
                           : nn_tensor_upload (self->places, self->order, error);
  return ok && nn_tensor_upload (nn_network_get_step (self->network), zeros, error);
}

gboolean
nn_validation_advance (NnValidation *self, NnPace *pace, double milliseconds, gboolean *done, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  while (self->next < self->n_batches) {
    gint64 start = g_get_monotonic_time ();
    guint slot = 0;
    if ((self->feed && !nn_feed_next (self->feed, &slot, error))
        || !nn_pace_run (pace, self->context, self->commands[slot], self->batch_ms, error)
        || (self->answers && self->next % self->keep_each == 0 && !keep_batch (self, error)))
      return FALSE;
    self->next++;
    gint64 now = g_get_monotonic_time ();
    self->batch_ms = (double) (now - start) * 1e-3;
    if (now >= end)
      break;
  }
  *done = self->next == self->n_batches;
  return TRUE;
}

gboolean
nn_validation_finish (NnValidation *self, double *loss, double *accuracy, GError **error)
{
  g_autofree float *losses = g_new (float, self->n_batches), *hits = g_new (float, self->n_batches);
  if (!nn_tensor_download (self->metrics->loss, losses, error) || !nn_tensor_download (self->metrics->hits, hits, error))
    return FALSE;
  double loss_sum = 0, hit_sum = 0;
  for (guint i = 0; i < self->n_batches; i++) {
    loss_sum += (double) losses[i];
    hit_sum += (double) hits[i];
  }
  *loss = loss_sum / self->n;
  *accuracy = hit_sum / self->n;
  return TRUE;
}
