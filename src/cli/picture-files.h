/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "command.h"
#include "output.h"

#include "data/pixels.h"

G_BEGIN_DECLS

/**
 * CliPictures: pictures that the user named, decoded
 * @paths: (element-type filename): those that could be read
 * @pixels: theirs, in the same order
 * @rejects: (element-type utf8): the others, path and reason in turn
 * @named_rejects: how many of those the user named one by one, rather than by a folder
 */
typedef struct {
  GPtrArray *paths;
  GByteArray *pixels;
  GPtrArray *rejects;
  guint named_rejects;
} CliPictures;

/**
 * cli_pictures_read:
 * @arguments: NULL-terminated: files, and folders that are searched with all below them; links to folders are not
 *   followed, hidden files left out
 *
 * What can't be read is told on standard error and kept in rejects.
 *
 * Returns: (transfer full) (nullable): NULL with NN_ERROR_BAD_INPUT where no picture could be read
 */
CliPictures *cli_pictures_read (Cli *cli, char **arguments, const NnPixelSpec *spec, GError **error);
void cli_pictures_free (CliPictures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPictures, cli_pictures_free)

/** cli_pictures_json_rejects: adds the member "rejects" to the object that is open */
void cli_pictures_json_rejects (const CliPictures *self, JsonBuilder *builder);

/** cli_pictures_check: fails where a file that was named could not be read; call it when the rest is printed */
gboolean cli_pictures_check (const CliPictures *self, GError **error);

G_END_DECLS
