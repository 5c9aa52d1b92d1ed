/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which device computes: the preferred one of those that are offered. */
#include "config.h"

#include "session/preset-info.h"
#include "session/session-private.h"

#include <glib/gi18n.h>

GListModel *
pcn_session_get_devices (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return pcn_device_store_get_found (self->store) ? pcn_device_store_get_offered (self->store) : NULL;
}

PcnDeviceStore *
pcn_session_get_device_store (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->store;
}

PcnLab *
pcn_session_get_lab (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->lab;
}

NnDevice *
pcn_session_get_device (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->device;
}

static void
use_device (PcnSession *self, NnDevice *device)
{
  if (!g_set_object (&self->device, device))
    return;
  if (device && self->trainer)
    nn_trainer_thread_set_device (self->trainer, device);
  pcn_session_notify (self, PCN_PROP_DEVICE);
  pcn_session_notify (self, PCN_PROP_NO_DEVICE);
  pcn_session_notify_abilities (self);
}

void
pcn_session_set_device (PcnSession *self, NnDevice *device)
{
  g_return_if_fail (PCN_IS_SESSION (self));
  g_return_if_fail (NN_IS_DEVICE (device));

  if (nn_device_get_unusable_reason (device))
    return;
  g_settings_set_string (self->settings, "device", nn_device_get_id (device));
  /* Who wants it wants it offered. */
  pcn_device_store_set_allowed (self->store, device, TRUE);
  use_device (self, device);
}

/* The device in use stays, unless it is gone or switched off. The choice in the settings stays too: the
 * preferred device may be there again next time. */
static void
on_devices_changed (PcnSession *self)
{
  g_autofree char *wanted = g_settings_get_string (self->settings, "device");
  gboolean first = self->device == NULL;
  NnDevice *device
      = pcn_device_store_choose (self->store, self->device ? nn_device_get_id (self->device) : wanted);

  pcn_session_notify (self, PCN_PROP_DEVICES);
  pcn_session_notify (self, PCN_PROP_DEVICE_ADVICE);
  pcn_session_notify (self, PCN_PROP_NO_DEVICE);
  use_device (self, device);
  if (first && device && wanted[0] && !g_str_equal (nn_device_get_id (device), wanted)) {
    /* Translators: %s is the device that is used instead */
    g_autofree char *text = g_strdup_printf (_ ("The preferred device can’t be used now; this is %s."),
                                             nn_device_get_name (device));
    pcn_session_notice (self, text);
  }
}

static void
compare (PcnSession *self)
{
  const char *preset = pcn_session_get_preset (self);
  guint batch = pcn_session_get_train_config (self).batch, height, width, channels;
  /* Translators: a network, and how many pictures there are in one step of its training */
  g_autofree char *title = g_strdup_printf (_ ("%s, batches of %u"), pcn_preset_get_title (preset), batch);
  g_autofree char *input = NULL, *net = pcn_session_dup_net (self);
  if (self->dataset && nn_dataset_get_size (self->dataset, &height, &width, &channels))
    input = g_strdup_printf ("%ux%ux%u", height, width, channels);
  pcn_lab_compare (
      self->lab, pcn_device_store_get_offered (self->store),
      &(PcnBenchmarkTask){ .title = title,
                           .net = net,
                           .input = input,
                           .n_classes = self->dataset ? MAX (nn_dataset_get_n_classes (self->dataset), 2) : 0,
                           .batch = batch });
}

void
pcn_session_compare_devices (PcnSession *self, PcnCompareWhen when)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  gboolean active = pcn_run_get_active (self->run);
  if (when == PCN_COMPARE_AFTERWARDS && active) {
    pcn_lab_set_waiting (self->lab, TRUE);
    return;
  }
  self->resumes = when == PCN_COMPARE_PAUSING && pcn_run_get_state (self->run) == PCN_RUN_RUNNING;
  if (self->resumes)
    pcn_session_pause (self);
  compare (self);
}

static void
on_comparing (PcnSession *self)
{
  gboolean comparing;

  g_object_get (self->lab, "comparing", &comparing, NULL);
  if (comparing || !self->resumes)
    return;
  self->resumes = FALSE;
  pcn_session_resume (self);
}

static void
on_abilities (PcnSession *self)
{
  if (!self->lab || !pcn_lab_get_waiting (self->lab) || pcn_run_get_active (self->run))
    return;
  pcn_lab_set_waiting (self->lab, FALSE);
  compare (self);
}

void
pcn_session_start_devices (PcnSession *self)
{
  self->lab = pcn_lab_new ();
  g_signal_connect_object (self->lab, "notify::comparing", G_CALLBACK (on_comparing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::can-start", G_CALLBACK (on_abilities), self, 0);
  self->store = pcn_device_store_new (self->settings);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_devices_changed), self, G_CONNECT_SWAPPED);
}
