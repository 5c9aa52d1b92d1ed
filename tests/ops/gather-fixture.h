/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data set on the device and batches of it, for the tests of how batches are put together. */
#pragma once

#include "test-context.h"

#include "net/batch.h"

#include <string.h>

#define SAMPLES 37

static NnContext *context;

/* A data set on the device, the order of its epoch, and a batch. */
typedef struct {
  NnGather gather;
  NnPreprocess preprocess;
  guint8 *pixels;
  gint32 labels[SAMPLES];
  guint32 step[4];
  float *x;
  gint32 *labels_out;
} Fixture;

static void
fixture_clear (Fixture *self)
{
  const NnGather *g = &self->gather;
  NnTensor *tensors[] = { g->pixels, g->labels, g->order, g->step, g->x, g->labels_out };
  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++)
    nn_tensor_unref (tensors[i]);
  g_free (self->pixels);
  g_free (self->x);
  g_free (self->labels_out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static NnTensor *
upload (NnDtype dtype, gsize size, const void *data)
{
  g_autoptr (GError) error = NULL;
  NnTensor *tensor = nn_tensor_new (context, dtype, size, &error);
  g_assert_no_error (error);
  if (data != NULL)
    nn_tensor_upload (tensor, data, &error);
  g_assert_no_error (error);
  return tensor;
}

/* Sample i comes at place i of the epoch; x is (p / 255 - 0) / 1 until a test says otherwise. */
static void
fixture_init (Fixture *self, NnShape stored, NnShape input, guint batch)
{
  const gsize size = nn_shape_size (&stored);
  gint32 order[SAMPLES];
  *self = (Fixture){ .step = { 5, 11, 0, 0 } };
  self->pixels = g_malloc (SAMPLES * size);
  for (gsize i = 0; i < SAMPLES * size; i++)
    self->pixels[i] = (guint8) (i * 2654435761u >> 24);
  for (gint i = 0; i < SAMPLES; i++) {
    self->labels[i] = 100 + i;
    order[i] = i;
  }
  for (guint c = 0; c < NN_MAX_CHANNELS; c++)
    self->preprocess.deviation[c] = 1;
  self->x = g_new0 (float, nn_shape_size (&input) * batch);
  self->labels_out = g_new0 (gint32, batch);
  self->gather = (NnGather){
    .pixels = upload (NN_DTYPE_UINT8, SAMPLES * size, self->pixels),
    .labels = upload (NN_DTYPE_INT32, SAMPLES, self->labels),
    .n_samples = SAMPLES, .stored = stored, .input = input, .batch = batch,
    .order = upload (NN_DTYPE_INT32, SAMPLES, order),
    .step = upload (NN_DTYPE_INT32, 4, NULL),
    .x = upload (NN_DTYPE_FLOAT32, batch * nn_shape_size (&input), NULL),
    .labels_out = upload (NN_DTYPE_INT32, batch, NULL),
  };
}

static void
run (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  self->gather.preprocess = &self->preprocess;
  gboolean done = nn_tensor_upload (self->gather.step, self->step, &error) &&
                  nn_gather_record (commands, &self->gather, &error) && nn_commands_run (commands, NULL, &error) &&
                  nn_tensor_download (self->gather.x, self->x, &error) &&
                  nn_tensor_download (self->gather.labels_out, self->labels_out, &error);
  g_assert_no_error (error);
  g_assert_true (done);
}
