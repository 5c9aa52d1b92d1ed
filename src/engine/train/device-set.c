/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/device-set.h"

#include "base/error.h"

#include <glib/gi18n.h>

static gboolean
check (NnPixels *pixels, guint n_classes, GError **error)
{
  if (pixels->n == 0 || pixels->n > G_MAXINT32) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 pixels->n ? _ ("There are more pictures than this program can count.")
                           : _ ("There is no picture to work with; add pictures, or change the split."));
    return FALSE;
  }
  for (gsize i = 0; i < pixels->n; i++)
    if (pixels->labels[i] < -1 || pixels->labels[i] >= (gint32) n_classes) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("Picture %zu is of class %d, and the network knows %u."), i, pixels->labels[i],
                   n_classes);
      return FALSE;
    }
  return TRUE;
}

NnDeviceSet *
nn_device_set_new (NnContext *context, NnPixels *pixels, guint n_classes, GError **error)
{
  if (!check (pixels, n_classes, error))
    return NULL;
  g_autoptr (NnDeviceSet) self = g_new0 (NnDeviceSet, 1);
  self->n = (guint) pixels->n;
  self->stored = NN_SHAPE (pixels->spec.height, pixels->spec.width, pixels->spec.channels);
  self->pixels = nn_tensor_new (context, NN_DTYPE_UINT8, pixels->n * nn_shape_size (&self->stored), error);
  self->labels = self->pixels ? nn_tensor_new (context, NN_DTYPE_INT32, pixels->n, error) : NULL;
  if (self->labels == NULL || !nn_tensor_upload (self->pixels, pixels->data, error) ||
      !nn_tensor_upload (self->labels, pixels->labels, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
nn_device_set_free (NnDeviceSet *self)
{
  g_clear_pointer (&self->pixels, nn_tensor_unref);
  g_clear_pointer (&self->labels, nn_tensor_unref);
  g_free (self);
}
