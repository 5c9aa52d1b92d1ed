/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnClassified:
 *
 * A picture from a file and what a model says to it, or why it can't be read. Only how far that is trusted may
 * change. An answer that is less sure than the threshold is unknown; what it may be is told as the runner-up.
 *
 * Properties, for a table: "path", "name" (of the file), "class-name", "probability" (-1 where it can't be
 * read), "probability-text", "runner-up" (name of the second likeliest class), "runner-up-probability",
 * "runner-up-text", "readable", "unknown", "tooltip".
 */
#define PCN_TYPE_CLASSIFIED (pcn_classified_get_type ())
G_DECLARE_FINAL_TYPE (PcnClassified, pcn_classified, PCN, CLASSIFIED, GObject)

/** pcn_classified_new: @classes: (array zero-terminated=1): the model's; @probabilities: one for each */
PcnClassified *pcn_classified_new (const char *path, const char *const *classes, const float *probabilities);
PcnClassified *pcn_classified_new_unreadable (const char *path, const char *reason);

/** pcn_classified_set_trust: @scaled: (nullable): other probabilities of the same order, such as by a temperature;
 * NULL leaves them as they are. @threshold: 0 to 1. Returns: whether anything that is shown has changed */
gboolean pcn_classified_set_trust (PcnClassified *self, const float *scaled, double threshold);

const char *pcn_classified_get_path (PcnClassified *self);
/** pcn_classified_get_class: Returns: the likeliest class, unknown or not, or -1 where the picture can't be read */
int pcn_classified_get_class (PcnClassified *self);
gboolean pcn_classified_get_unknown (PcnClassified *self);
/** pcn_classified_get_reason: Returns: (nullable): why it can't be read */
const char *pcn_classified_get_reason (PcnClassified *self);
/** pcn_classified_get_probabilities: Returns: (nullable) (array length=n) */
const float *pcn_classified_get_probabilities (PcnClassified *self, guint *n);
/** pcn_classified_get_raw: Returns: (nullable): those that it was made with */
const float *pcn_classified_get_raw (PcnClassified *self);

/** PCN_CLASSIFIED_UNKNOWN, …: what a filter may ask for instead of a class */
#define PCN_CLASSIFIED_UNKNOWN (-3)
#define PCN_CLASSIFIED_ANY (-2)
#define PCN_CLASSIFIED_UNREADABLE (-1)

/**
 * PcnClassifiedFilter: which rows are wanted
 * @text: in the file's name or the class's, whatever the case
 * @class_index: a class or one of the above
 * @low, @high: how sure: @low or more, and less than @high. -1 and 2 for all; what can't be read is at -1
 */
typedef struct {
  const char *text;
  int class_index;
  double low, high;
} PcnClassifiedFilter;

/** pcn_classified_filter_init: from what is selected in two lists: “all”, “unknown”, “unreadable”, then the classes; and
 * “0–100 %”, “90–100 %”, “50–90 %”, “0–50 %”. What is beyond their ends (such as nothing) means all */
void pcn_classified_filter_init (PcnClassifiedFilter *self, const char *text, guint class_entry, guint sure_entry);
gboolean pcn_classified_matches (PcnClassified *self, const PcnClassifiedFilter *filter);

/** pcn_classified_make_csv: @rows: (element-type PcnClassified); @classes: (array zero-terminated=1): a
 * column for each; @files: (nullable): what the files are called, in place of their paths. Returns: (transfer full): the
 * table */
GString *pcn_classified_make_csv (GPtrArray *rows, const char *const *classes, GPtrArray *files);

G_END_DECLS
