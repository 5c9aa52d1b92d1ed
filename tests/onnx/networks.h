/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* The networks that saving is tested with: all presets, and small odd ones. */

guint test_network_count (void);
const char *test_network_name (guint index);
/** test_network_new: a model with random weights, statistics, preprocessing and metadata; the same for each call */
NnModel *test_network_new (guint index);
/** test_network_from_json: the same for a network of one's own with 3 classes */
NnModel *test_network_from_json (const char *json);

G_END_DECLS
