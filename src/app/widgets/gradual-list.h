/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * pcn_gradual_list_new:
 * @model: (transfer full): what @view shows
 * @view: a list or grid view
 *
 * A grid view makes hundreds of cells as soon as it has a model, in one go. This list begins with the first few items of
 * @model and grows with each frame of @view until it is all of @model, so the cells are made over some frames.
 *
 * Returns: (transfer full)
 */
GListModel *pcn_gradual_list_new (GListModel *model, GtkWidget *view);

G_END_DECLS
