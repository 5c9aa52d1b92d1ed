/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnDeviceStore:
 *
 * The devices of this computer, and which of them the user wants to be offered. Main thread only; no call blocks.
 *
 * Properties, all read-only: "all" (GListModel of #NnDevice), "offered" (those of them that weren't switched off),
 * "found" (the first look is over), "looking", "advice" (what to install when there is none), "hidden-devices" (names of
 * devices that a new process finds and this one can't, since drivers are loaded once; or NULL).
 *
 * Signal: #PcnDeviceStore::changed: "all" or "offered" is another one.
 */
#define PCN_TYPE_DEVICE_STORE (pcn_device_store_get_type ())
G_DECLARE_FINAL_TYPE (PcnDeviceStore, pcn_device_store, PCN, DEVICE_STORE, GObject)

PcnDeviceStore *pcn_device_store_new (GSettings *settings);

GListModel *pcn_device_store_get_all (PcnDeviceStore *self);
GListModel *pcn_device_store_get_offered (PcnDeviceStore *self);
gboolean pcn_device_store_get_found (PcnDeviceStore *self);
const char *pcn_device_store_get_advice (PcnDeviceStore *self);

/** pcn_device_store_look: looks for devices again; those that are known stay the same objects */
void pcn_device_store_look (PcnDeviceStore *self);

gboolean pcn_device_store_is_allowed (PcnDeviceStore *self, NnDevice *device);
/** pcn_device_store_set_allowed: kept in the settings */
void pcn_device_store_set_allowed (PcnDeviceStore *self, NnDevice *device, gboolean allowed);

/** pcn_device_store_choose: @wanted: (nullable): an id. Returns: (transfer none) (nullable): that device or, when it
 * isn't offered or can't be used, the best one that can */
NnDevice *pcn_device_store_choose (PcnDeviceStore *self, const char *wanted);

G_END_DECLS
