/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** PcnFileKind: what a dialog lets its user choose */
typedef enum {
  PCN_FILE_KIND_FOLDERS,
  PCN_FILE_KIND_DATA,
  PCN_FILE_KIND_PICTURES,
  PCN_FILE_KIND_MODEL,
  PCN_FILE_KIND_WEIGHTS,
  PCN_FILE_KIND_C_SOURCE,
  PCN_FILE_KIND_TABLE,
  PCN_FILE_KIND_ZIP,
} PcnFileKind;

/**
 * PcnFilesChosen:
 * @owner: as given to the function that showed the dialog
 * @files: a GListModel of GFile, with at least one
 */
typedef void (*PcnFilesChosen) (gpointer owner, GListModel *files);

/**
 * pcn_open_files:
 *
 * Lets the user choose files of a kind, several at once unless it is a model. @chosen is called once, unless
 * the user thinks better of it, or @owner (a GObject) goes first. The dialog is the desktop's own, so it
 * reaches files that the program itself may not see.
 */
void pcn_open_files (GtkWindow *parent, const char *title, PcnFileKind kind, PcnFilesChosen chosen,
                     gpointer owner);

/** pcn_save_file: the same for a single file to write; @proposed is the name it has at first */
void pcn_save_file (GtkWindow *parent, const char *title, PcnFileKind kind, const char *proposed,
                    PcnFilesChosen chosen, gpointer owner);

G_END_DECLS
