/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnDeviceRow:
 *
 * A device in a list: its kind as an icon, its name, and what it is or why it can't be used.
 *
 * Properties: "device"; "compact" (construct-only): the name only, shortened to fit a header bar.
 */
#define PCN_TYPE_DEVICE_ROW (pcn_device_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnDeviceRow, pcn_device_row, PCN, DEVICE_ROW, GtkBox)

/** pcn_device_kind_get_title: Returns: what people call it */
const char *pcn_device_kind_get_title (NnDeviceKind kind);
/** pcn_device_describe: Returns: (transfer full): “CPU · 8 GB · PoCL”, or the reason why the device can't be used */
char *pcn_device_describe (NnDevice *device);

/** pcn_device_row_setup_drop_down: gives the dropdown its rows; those of unusable devices can't be chosen */
void pcn_device_row_setup_drop_down (GtkDropDown *drop_down);
/** pcn_device_row_set_drop_down_narrow: whether the closed dropdown shows nothing but the device's icon */
void pcn_device_row_set_drop_down_narrow (GtkDropDown *drop_down, gboolean narrow);

G_END_DECLS
