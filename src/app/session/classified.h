/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnClassified:
 *
 * A picture from a file and what a model says to it, or why it can't be read. Immutable.
 *
 * Properties, for a table: "path", "name" (of the file), "class-name", "probability" (-1 where it can't be
 * read), "probability-text", "runner-up" (name of the second likeliest class), "runner-up-probability",
 * "runner-up-text", "readable", "tooltip".
 */
#define PCN_TYPE_CLASSIFIED (pcn_classified_get_type ())
G_DECLARE_FINAL_TYPE (PcnClassified, pcn_classified, PCN, CLASSIFIED, GObject)

/** pcn_classified_new: @classes: (array zero-terminated=1): the model's; @probabilities: one for each */
PcnClassified *pcn_classified_new (const char *path, const char *const *classes, const float *probabilities);
PcnClassified *pcn_classified_new_unreadable (const char *path, const char *reason);

const char *pcn_classified_get_path (PcnClassified *self);
/** pcn_classified_get_class: Returns: the likeliest class, or -1 where the picture can't be read */
int pcn_classified_get_class (PcnClassified *self);
/** pcn_classified_get_reason: Returns: (nullable): why it can't be read */
const char *pcn_classified_get_reason (PcnClassified *self);
/** pcn_classified_get_probabilities: Returns: (nullable) (array length=n) */
const float *pcn_classified_get_probabilities (PcnClassified *self, guint *n);

/** PCN_CLASSIFIED_ANY, PCN_CLASSIFIED_UNREADABLE: what a filter may ask for instead of a class */
#define PCN_CLASSIFIED_ANY (-2)
#define PCN_CLASSIFIED_UNREADABLE (-1)

/** pcn_classified_matches: @text: in the file's name or the class's, whatever the case; @class_index: a class
 * or one of the above */
gboolean pcn_classified_matches (PcnClassified *self, const char *text, int class_index);

/** pcn_classified_make_csv: @rows: (element-type PcnClassified); @classes: (array zero-terminated=1): a
 * column for each. Returns: (transfer full): the table */
GString *pcn_classified_make_csv (GPtrArray *rows, const char *const *classes);

G_END_DECLS
