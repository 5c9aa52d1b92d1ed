/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** pcn_device_facts_fill: two columns: what the driver tells of @device */
void pcn_device_facts_fill (GtkGrid *grid, NnDevice *device);

G_END_DECLS
