/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/: one picture file to pixels. nn_decode_file() of data/pixels.h is the public way in. */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "data/pixels.h"

G_BEGIN_DECLS

/* What threads that decode together share: how much memory their large pictures may take at once. */
typedef struct _NnDecoder NnDecoder;

NnDecoder *nn_decoder_new (void);
void nn_decoder_free (NnDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnDecoder, nn_decoder_free)

/* Upright, first frame; a JPEG comes as small as still covers @min_size x @min_size, others in full. Errors
 * as of nn_decode_file(). Any thread. */
GdkPixbuf *nn_decoder_load (NnDecoder *self, const char *path, guint min_size, GError **error);

/* As nn_decode_file(). */
gboolean nn_decoder_decode (NnDecoder *self, const char *path, const NnPixelSpec *spec, guint8 *out,
                            GError **error);

/* Names the picture formats that this machine's GdkPixbuf has no loader for, for keys of caches: what fails
 * today may load tomorrow. */
char *nn_decoder_missing_loaders (void);

G_END_DECLS
