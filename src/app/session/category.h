/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnCategoryKind:
 * @PCN_CATEGORY_ALL: every picture
 * @PCN_CATEGORY_CLASS: the pictures of one class
 * @PCN_CATEGORY_EXCLUDED: the pictures that the user left out
 * @PCN_CATEGORY_REJECTS: the files that aren't used
 */
typedef enum {
  PCN_CATEGORY_ALL,
  PCN_CATEGORY_CLASS,
  PCN_CATEGORY_EXCLUDED,
  PCN_CATEGORY_REJECTS,
} PcnCategoryKind;

/**
 * PcnCategory:
 *
 * A row of the side bar of the data page. Its name and count follow the edits of the data.
 *
 * Properties, all read-only: "name", "count", "count-text", "class-index" (-1 where it is no class).
 */
#define PCN_TYPE_CATEGORY (pcn_category_get_type ())
G_DECLARE_FINAL_TYPE (PcnCategory, pcn_category, PCN, CATEGORY, GObject)

PcnCategory *pcn_category_new (PcnCategoryKind kind, const char *name, guint class_index, guint count);
PcnCategoryKind pcn_category_get_kind (PcnCategory *self);
const char *pcn_category_get_name (PcnCategory *self);
/** pcn_category_get_class: Returns: the index of the class, of a PCN_CATEGORY_CLASS */
guint pcn_category_get_class (PcnCategory *self);
guint pcn_category_get_count (PcnCategory *self);
void pcn_category_update (PcnCategory *self, const char *name, guint count);

G_END_DECLS
