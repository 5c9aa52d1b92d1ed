/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/edit.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnLastData:
 *
 * What a start finds again of the data that was open last: where it lies, and what the user changed about it. A small
 * JSON file; pictures aren't touched and not copied. Samples are told by their paths, so that a folder may gain or lose
 * pictures meanwhile. A plain struct; any thread.
 */
typedef struct _PcnLastData PcnLastData;

/** pcn_last_data_path: Returns: (transfer full): the file: "$XDG_DATA_HOME/perceptron/last-data.json" */
char *pcn_last_data_path (void);

/**
 * pcn_last_data_format:
 * @paths: what was opened
 * @dataset: as it is after edits; added pictures are left out, they have no source
 * @plan: how it was split
 *
 * Returns: (transfer full): the JSON text
 */
char *pcn_last_data_format (const char *const *paths, NnDataset *dataset, const NnSplitPlan *plan);

/** pcn_last_data_parse: Returns: (transfer full) (nullable): NULL with @error where @text isn't what we wrote */
PcnLastData *pcn_last_data_parse (const char *text, GError **error);
void pcn_last_data_free (PcnLastData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnLastData, pcn_last_data_free)

/** pcn_last_data_get_paths: Returns: (transfer none): what to import */
const char *const *pcn_last_data_get_paths (PcnLastData *self);
/** pcn_last_data_get_plan: Returns: (transfer none): how it was split */
const NnSplitPlan *pcn_last_data_get_plan (PcnLastData *self);
/** pcn_last_data_apply: Returns: (transfer full): @imported with the user's changes */
NnDataset *pcn_last_data_apply (PcnLastData *self, NnDataset *imported);

G_END_DECLS
