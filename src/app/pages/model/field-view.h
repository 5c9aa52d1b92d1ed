/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/receptive-field.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnFieldView:
 *
 * A picture, and the part of it that the middle unit of a layer sees.
 */
#define PCN_TYPE_FIELD_VIEW (pcn_field_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnFieldView, pcn_field_view, PCN, FIELD_VIEW, GtkWidget)

/** pcn_field_view_set_picture: @texture: (nullable) */
void pcn_field_view_set_picture (PcnFieldView *self, GdkTexture *texture);
/** pcn_field_view_set_field: @height, @width: of the network's picture */
void pcn_field_view_set_field (PcnFieldView *self, const NnReceptiveField *field, guint height, guint width);

G_END_DECLS
