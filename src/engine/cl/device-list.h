/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnDeviceList:
 *
 * All devices of all OpenCL platforms, as a GListModel of NnDevice; usable ones first, GPUs before CPUs.
 */
#define NN_TYPE_DEVICE_LIST (nn_device_list_get_type ())
G_DECLARE_FINAL_TYPE (NnDeviceList, nn_device_list, NN, DEVICE_LIST, GObject)

/**
 * nn_device_prepare_environment:
 *
 * Call first thing in main(), before any thread: gives PoCL a writable cache folder where the usual one is not, and settings that
 * suit us where the user has none.
 */
void nn_device_prepare_environment (void);

/**
 * nn_device_list_new:
 *
 * Looks for devices. It loads every driver, which can take a second: call it from a worker thread in the app.
 * Never fails: a machine without a driver gives an empty list, and nn_device_list_get_advice() says what to install.
 */
NnDeviceList *nn_device_list_new (void);

/** nn_device_list_get_advice: Returns: what to install when the list is empty; NULL when it is not */
const char *nn_device_list_get_advice (NnDeviceList *self);

/**
 * nn_device_list_find:
 * @wanted: (nullable): an id, a part of a name or id (case is ignored), a number from 0, "cpu", "gpu", or NULL for the best
 *
 * Returns: (transfer full): the device; or NULL with NN_ERROR_NO_DEVICE that lists what there is
 */
NnDevice *nn_device_list_find (NnDeviceList *self, const char *wanted, GError **error);

G_END_DECLS
