/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/: what a file of bytes is, how large its picture claims to be, and whether it is whole, all
 * before a decoder sees it. Decoders load damaged JPEGs without an error, and allocate what a header asks
 * for. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  NN_PICTURE_NONE,
  NN_PICTURE_JPEG,
  NN_PICTURE_PNG,
  NN_PICTURE_GIF,
  NN_PICTURE_BMP,
  NN_PICTURE_TIFF,
  NN_PICTURE_WEBP,
} NnPictureFormat;

typedef struct {
  NnPictureFormat format;
  guint width;
  guint height;
  guint scans;          /* JPEG: how often the whole picture is gone over; else 1 */
  gboolean progressive; /* JPEG: all coefficients are held at once */
} NnContainer;

/* What the first bytes (64 are plenty) say; only formats on the allow-list. */
NnPictureFormat nn_sniff (const guint8 *head, gsize n);

/* Why it isn't one of them: a whole sentence. */
const char *nn_sniff_describe (const guint8 *head, gsize n);

/* "JPEG" and "image/jpeg". */
const char *nn_picture_format_name (NnPictureFormat format);
const char *nn_picture_format_mime (NnPictureFormat format);

/* Reads the headers and walks to the end. FALSE: NN_ERROR_BAD_INPUT, cut short or damaged. */
gboolean nn_container_read (const guint8 *data, gsize n, NnContainer *container, GError **error);

G_END_DECLS
