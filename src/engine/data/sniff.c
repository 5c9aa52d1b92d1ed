/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "data/container.h"

static const struct {
  NnPictureFormat format;
  const char *name;
  const char *mime;
  const char *magic;
  gsize length;
} magics[] = {
  { NN_PICTURE_JPEG, "JPEG", "image/jpeg", "\xff\xd8\xff", 3 },
  { NN_PICTURE_PNG, "PNG", "image/png", "\x89PNG\r\n\x1a\n", 8 },
  { NN_PICTURE_GIF, "GIF", "image/gif", "GIF87a", 6 },
  { NN_PICTURE_GIF, "GIF", "image/gif", "GIF89a", 6 },
  { NN_PICTURE_BMP, "BMP", "image/bmp", "BM", 2 },
  { NN_PICTURE_TIFF, "TIFF", "image/tiff", "II*\0", 4 },
  { NN_PICTURE_TIFF, "TIFF", "image/tiff", "MM\0*", 4 },
  { NN_PICTURE_WEBP, "WebP", "image/webp", "RIFF", 4 },
};

/* What people put among pictures by mistake, so that the reason helps. */
static const struct {
  const char *magic;
  gsize offset;
  gsize length;
  const char *what;
} others[] = {
  { "ftypheic", 4, 8, N_ ("This is a HEIC picture; save it as JPEG or PNG.") },
  { "ftypheix", 4, 8, N_ ("This is a HEIC picture; save it as JPEG or PNG.") },
  { "ftypmif1", 4, 8, N_ ("This is a HEIF picture; save it as JPEG or PNG.") },
  { "ftypavif", 4, 8, N_ ("This is an AVIF picture; save it as JPEG or PNG.") },
  { "ftyp", 4, 4, N_ ("This is a film, not a picture.") },
  { "%PDF-", 0, 5, N_ ("This is a PDF document, not a picture.") },
  { "PK\3\4", 0, 4, N_ ("This is a zip archive; open it by itself.") },
  { "\x1f\x8b", 0, 2, N_ ("This is a gzip archive; open it by itself.") },
  { "\0\0\x08\x01", 0, 4, N_ ("This is an IDX file; open the folder of IDX files by itself.") },
  { "\0\0\x08\x03", 0, 4, N_ ("This is an IDX file; open the folder of IDX files by itself.") },
  { "8BPS", 0, 4, N_ ("This is a Photoshop file; save it as JPEG or PNG.") },
};

NnPictureFormat
nn_sniff (const guint8 *head, gsize n)
{
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++) {
    if (n < magics[i].length || memcmp (head, magics[i].magic, magics[i].length) != 0)
      continue;
    if (magics[i].format == NN_PICTURE_WEBP && (n < 16 || memcmp (head + 8, "WEBPVP8", 7) != 0))
      continue;
    /* Two letters are little: the offset of the pixels follows, behind two reserved words that are zero. */
    if (magics[i].format == NN_PICTURE_BMP && (n < 26 || head[14] < 12 || head[15] || head[16] || head[17]))
      continue;
    return magics[i].format;
  }
  return NN_PICTURE_NONE;
}

const char *
nn_sniff_describe (const guint8 *head, gsize n)
{
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (n >= others[i].offset + others[i].length
        && memcmp (head + others[i].offset, others[i].magic, others[i].length) == 0)
      return _ (others[i].what);
  g_autofree char *text = g_ascii_strdown ((const char *) head, (gssize) n);
  if (g_strstr_len (text, (gssize) n, "<svg"))
    return _ ("This is an SVG drawing; save it as PNG.");
  if (g_strstr_len (text, (gssize) n, "<!doctype html") || g_strstr_len (text, (gssize) n, "<html"))
    return _ ("This is a web page, not a picture.");
  for (gsize i = 0; i < n; i++)
    if (head[i] >= 0x7f || (head[i] < 0x20 && !g_ascii_isspace (head[i])))
      return _ ("This is no picture of a known format (JPEG, PNG, GIF, BMP, TIFF, WebP).");
  return _ ("This is text, not a picture.");
}

const char *
nn_picture_format_name (NnPictureFormat format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (magics[i].format == format)
      return magics[i].name;
  return NULL;
}

const char *
nn_picture_format_mime (NnPictureFormat format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (magics[i].format == format)
      return magics[i].mime;
  return NULL;
}
