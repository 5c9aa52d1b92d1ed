/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "command.h"
#include "output.h"

#include "cl/context.h"
#include "data/pixels.h"
#include "net/model.h"

G_BEGIN_DECLS

/* What train, evaluate and predict share: the device, and data sets read under a progress bar. */

/** cli_open_device: @wanted: (nullable): of --device; NULL takes the best one */
NnContext *cli_open_device (const char *wanted, GError **error);

/** CliReading: a progress bar for one of the engine's functions; pass cli_reading_update() and this */
typedef struct {
  CliProgress *bar;
  const char *text;
} CliReading;
void cli_reading_update (double fraction, gpointer reading);

/** cli_import: the data set at @path, imported under a progress bar */
NnDataset *cli_import (Cli *cli, const char *path, GError **error);

/** cli_print_rejects: to standard error: how many pictures are not used, and the first few with their reasons */
void cli_print_rejects (NnDataset *dataset);

/** cli_choose_part: @wanted: (nullable): of --part; NULL takes what nothing was learnt from, as far as the data says so: its
 * test part, else its validation part, else all */
gboolean cli_choose_part (NnDataset *dataset, const char *wanted, NnSplit *part, GError **error);
/** cli_part_name: Returns: "train", "val", "test" or "all" */
const char *cli_part_name (NnSplit part);

/** cli_load_model: an error names the file */
NnModel *cli_load_model (const char *path, GError **error);
/** cli_load_model_as: @pixels: (nullable): of --pixels */
NnModel *cli_load_model_as (const char *path, const char *pixels, GError **error);
/** CLI_PIXELS_OPTION: the row of an option for it, a #GOptionEntry */
#define CLI_PIXELS_OPTION(variable)                                                                                    \
  { "pixels", 0, 0, G_OPTION_ARG_STRING, (variable),                                                                   \
    "What a model of another program takes for black to white: 0-1, 0-255 or -1-1 (default: a guess, see inspect)", "R" }

G_END_DECLS
