/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/category.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnCategoryRow:
 *
 * A row of the side bar: a colour or an icon, a name and a count.
 *
 * Property "category": the #PcnCategory.
 */
#define PCN_TYPE_CATEGORY_ROW (pcn_category_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnCategoryRow, pcn_category_row, PCN, CATEGORY_ROW, GtkBox)

G_END_DECLS
