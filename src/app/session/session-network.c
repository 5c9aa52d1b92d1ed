/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network that is edited: it follows the data, and the settings keep it. */
#include "config.h"

#include "session/session-private.h"

static void
on_network_changed (PcnSession *self)
{
  const char *spec = pcn_network_get_spec (self->network);

  pcn_session_set_preset (self, pcn_network_get_preset (self->network));
  /* An edited network isn't exchanged for another when the data is. */
  if (spec)
    g_settings_set_string (self->settings, "preset", pcn_network_get_preset (self->network));
  g_settings_set_string (self->settings, "network", spec ? spec : "");
}

static void
load (PcnSession *self)
{
  g_autofree char *spec = g_settings_get_string (self->settings, "network");
  pcn_network_load (self->network, pcn_session_get_preset (self), spec);
}

static void
on_preset_changed (PcnSession *self)
{
  if (g_strcmp0 (pcn_network_get_preset (self->network), pcn_session_get_preset (self)) != 0)
    load (self);
}

static void
on_data_changed (PcnSession *self)
{
  guint height, width, channels;
  guint n_classes = self->dataset ? nn_dataset_get_n_classes (self->dataset) : 10;

  if (self->dataset && nn_dataset_get_size (self->dataset, &height, &width, &channels))
    pcn_network_set_data (self->network, &NN_SHAPE (height, width, channels), n_classes);
  else
    pcn_network_set_data (self->network, NULL, n_classes);
}

void
pcn_session_start_network (PcnSession *self)
{
  self->network = pcn_network_new ();
  load (self);
  g_signal_connect_object (self->network, "changed", G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "notify::valid", G_CALLBACK (pcn_session_notify_abilities), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::network", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::preset", G_CALLBACK (on_preset_changed), NULL);
  g_signal_connect (self, "data-changed", G_CALLBACK (on_data_changed), NULL);
}

PcnNetwork *
pcn_session_get_network (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->network;
}

char *
pcn_session_dup_net (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);

  const char *spec = pcn_network_get_spec (self->network);
  return g_strdup (spec ? spec : pcn_session_get_preset (self));
}

guint64
pcn_session_estimate_memory (PcnSession *self, guint *batch, guint *largest)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), 0);

  const NnGraph *graph = pcn_network_get_graph (self->network);
  const NnDeviceLimits *limits = self->device ? nn_device_get_limits (self->device) : NULL;
  *batch = pcn_session_get_train_config (self).batch;
  *largest = 0;
  if (!graph)
    return 0;
  gsize n = self->dataset ? nn_dataset_get_n_samples (self->dataset) : 0;
  if (limits)
    *largest = pcn_memory_largest_batch (graph, n, limits->memory, limits->max_alloc);
  return pcn_memory_estimate (graph, *batch, n);
}
