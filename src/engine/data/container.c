/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources: ITU-T T.81 annex B (JPEG markers), PNG 1.2 chapters 3 and 4, GIF89a, BITMAPINFOHEADER, TIFF 6.0
 * section 2, the WebP container specification. Every offset is checked against the length before it is used.
 */
#include "data/container.h"

#include <glib/gi18n.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"

static gboolean
fail (GError **error, const char *text)
{
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, text);
  return FALSE;
}

#define CUT_SHORT _ ("The file is cut short: the end of the picture is missing.")
#define DAMAGED _ ("The file is damaged.")

static guint
be16 (const guint8 *p)
{
  return (guint) p[0] << 8 | p[1];
}

static guint32
be32 (const guint8 *p)
{
  return (guint32) be16 (p) << 16 | be16 (p + 2);
}

static guint
le16 (const guint8 *p)
{
  return (guint) p[1] << 8 | p[0];
}

static guint32
le32 (const guint8 *p)
{
  return (guint32) le16 (p + 2) << 16 | le16 (p);
}

/* Where the coded data of a scan ends: at the next marker that isn't a restart. NULL: nowhere. */
static const guint8 *
skip_scan (const guint8 *p, const guint8 *end)
{
  while ((p = memchr (p, 0xff, (gsize) (end - p))) && p + 1 < end) {
    if (p[1] != 0 && p[1] != 0xff && (p[1] < 0xd0 || p[1] > 0xd7))
      return p;
    p += p[1] == 0xff ? 1 : 2;
    if (p >= end)
      break;
  }
  return NULL;
}

static gboolean
read_jpeg (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  const guint8 *p = data + 2, *end = data + n;
  for (;;) {
    while (p + 1 < end && p[0] == 0xff && p[1] == 0xff)
      p++;
    if (end - p < 2)
      return fail (error, CUT_SHORT);
    if (p[0] != 0xff)
      return fail (error, DAMAGED);
    guint marker = p[1];
    p += 2;
    if (marker == 0xd9)
      break;
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7))
      continue;
    if (end - p < 2 || be16 (p) > end - p)
      return fail (error, CUT_SHORT);
    guint length = be16 (p);
    gboolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (length < 2 || (frame && length < 8))
      return fail (error, DAMAGED);
    if (frame) {
      container->height = be16 (p + 3);
      container->width = be16 (p + 5);
      container->progressive = marker == 0xc2;
    }
    p += length;
    if (marker != 0xda)
      continue;
    container->scans++;
    if (!(p = p < end ? skip_scan (p, end) : NULL))
      return fail (error, CUT_SHORT);
  }
  if (container->scans == 0)
    return fail (error, _ ("The file holds no picture."));
  return TRUE;
}

static gboolean
read_png (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  gsize at = 8;
  for (;;) {
    if (n - at < 12 || be32 (data + at) > n - at - 12)
      return fail (error, CUT_SHORT);
    gsize length = be32 (data + at);
    const guint8 *type = data + at + 4;
    gboolean critical = !(type[0] & 0x20);
    if (critical && crc32 (crc32 (0, NULL, 0), type, (uInt) (length + 4)) != be32 (type + 4 + length))
      return fail (error, _ ("The file is damaged: a checksum is wrong."));
    if (at == 8) {
      if (memcmp (type, "IHDR", 4) != 0 || length != 13)
        return fail (error, DAMAGED);
      container->width = be32 (type + 4);
      container->height = be32 (type + 8);
    }
    if (memcmp (type, "IEND", 4) == 0)
      return TRUE;
    at += length + 12;
  }
}

/* Past the chain of data blocks at @at; 0: the file ends first. */
static gsize
skip_blocks (const guint8 *data, gsize n, gsize at)
{
  while (at < n && data[at] != 0)
    at += (gsize) data[at] + 1;
  return at < n ? at + 1 : 0;
}

static gboolean
read_gif (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  guint frames = 0;
  if (n < 13)
    return fail (error, CUT_SHORT);
  container->width = le16 (data + 6);
  container->height = le16 (data + 8);
  gsize at = 13 + (data[10] & 0x80 ? (gsize) 3 << ((data[10] & 7) + 1) : 0);
  while (at < n && data[at] != 0x3b) {
    if (data[at] == 0x21)
      at = skip_blocks (data, n, at + 2);
    else if (data[at] != 0x2c)
      return fail (error, DAMAGED);
    else if (n - at < 11)
      return fail (error, CUT_SHORT);
    else {
      /* The decoder's canvas grows to the frame, whatever the screen's size says. */
      container->width = MAX (container->width, le16 (data + at + 1) + le16 (data + at + 5));
      container->height = MAX (container->height, le16 (data + at + 3) + le16 (data + at + 7));
      guint flags = data[at + 9];
      at = skip_blocks (data, n, at + 11 + (flags & 0x80 ? (gsize) 3 << ((flags & 7) + 1) : 0));
      frames++;
    }
    if (at == 0)
      return fail (error, CUT_SHORT);
  }
  if (at >= n)
    return fail (error, CUT_SHORT);
  return frames > 0 || fail (error, _ ("The file holds no picture."));
}

static gboolean
read_bmp (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  if (n < 26)
    return fail (error, CUT_SHORT);
  gboolean old = le32 (data + 14) == 12;
  gint64 width = old ? (gint64) le16 (data + 18) : (gint32) le32 (data + 18);
  gint64 height = old ? (gint64) le16 (data + 20) : (gint32) le32 (data + 22);
  height = ABS (height); /* negative: from the top down */
  if (width <= 0 || height == 0)
    return fail (error, _ ("The file is damaged: it gives its picture no size."));
  container->width = (guint) width;
  container->height = (guint) height;
  if (old)
    return TRUE;
  if (n < 34)
    return fail (error, CUT_SHORT);
  guint64 bits = le16 (data + 28), compression = le32 (data + 30);
  guint64 row = ((guint64) width * bits + 31) / 32 * 4;
  if ((compression == 0 || compression == 3) && bits <= 32
      && (le32 (data + 10) > n || row * (guint64) height > n - le32 (data + 10)))
    return fail (error, CUT_SHORT);
  return TRUE;
}

typedef struct {
  const guint8 *data;
  gsize n;
  gboolean big;
} Tiff;

static guint64
tiff_number (const Tiff *tiff, gsize at, guint bytes)
{
  if (at > tiff->n || tiff->n - at < bytes)
    return 0;
  const guint8 *p = tiff->data + at;
  if (bytes == 2)
    return tiff->big ? be16 (p) : le16 (p);
  return tiff->big ? be32 (p) : le32 (p);
}

/* The @i-th value of the entry at @at of a directory (SHORT or LONG). */
static guint64
tiff_value (const Tiff *tiff, gsize at, guint64 i)
{
  guint bytes = tiff_number (tiff, at + 2, 2) == 3 ? 2 : 4;
  guint64 count = tiff_number (tiff, at + 4, 4);
  gsize from = count * bytes <= 4 ? at + 8 : (gsize) tiff_number (tiff, at + 8, 4);
  return i < count ? tiff_number (tiff, from + i * bytes, bytes) : 0;
}

/* The first picture's directory: its size, and whether its strips or tiles lie within the file. */
static gboolean
read_tiff (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  Tiff tiff = { data, n, data[0] == 'M' };
  gsize directory = n >= 8 ? (gsize) tiff_number (&tiff, 4, 4) : 0, offsets = 0, lengths = 0;
  if (directory < 8 || directory > n || n - directory < 2)
    return fail (error, CUT_SHORT);
  gsize n_entries = (gsize) tiff_number (&tiff, directory, 2);
  if ((n - directory - 2) / 12 < n_entries)
    return fail (error, CUT_SHORT);
  for (gsize i = 0; i < n_entries; i++) {
    gsize at = directory + 2 + i * 12;
    guint64 tag = tiff_number (&tiff, at, 2);
    if (tag == 256)
      container->width = (guint) tiff_value (&tiff, at, 0);
    else if (tag == 257)
      container->height = (guint) tiff_value (&tiff, at, 0);
    else if (tag == 273 || tag == 324)
      offsets = at;
    else if (tag == 279 || tag == 325)
      lengths = at;
  }
  guint64 count = offsets && lengths ? tiff_number (&tiff, offsets + 4, 4) : 0;
  if (count > n)
    return fail (error, DAMAGED);
  for (guint64 i = 0; i < count; i++)
    if (tiff_value (&tiff, offsets, i) + tiff_value (&tiff, lengths, i) > n)
      return fail (error, CUT_SHORT);
  return TRUE;
}

static gboolean
read_webp (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  if (n < 30 || le32 (data + 4) > n - 8)
    return fail (error, CUT_SHORT);
  switch (data[15]) {
  case ' ':
    container->width = le16 (data + 26) & 0x3fff;
    container->height = le16 (data + 28) & 0x3fff;
    break;
  case 'L':
    container->width = (le32 (data + 21) & 0x3fff) + 1;
    container->height = (le32 (data + 21) >> 14 & 0x3fff) + 1;
    break;
  case 'X':
    container->width = (le32 (data + 24) & 0xffffff) + 1;
    container->height = (guint) (le16 (data + 27) | (guint) data[29] << 16) + 1;
    break;
  default:
    return fail (error, DAMAGED);
  }
  return TRUE;
}

gboolean
nn_container_read (const guint8 *data, gsize n, NnContainer *container, GError **error)
{
  gboolean ok = FALSE;
  *container = (NnContainer){ .format = nn_sniff (data, n) };
  switch (container->format) {
  case NN_PICTURE_JPEG:
    ok = read_jpeg (data, n, container, error);
    break;
  case NN_PICTURE_PNG:
    ok = read_png (data, n, container, error);
    break;
  case NN_PICTURE_GIF:
    ok = read_gif (data, n, container, error);
    break;
  case NN_PICTURE_BMP:
    ok = read_bmp (data, n, container, error);
    break;
  case NN_PICTURE_TIFF:
    ok = read_tiff (data, n, container, error);
    break;
  case NN_PICTURE_WEBP:
    ok = read_webp (data, n, container, error);
    break;
  case NN_PICTURE_NONE:
    return fail (error, n == 0 ? _ ("The file is empty.") : nn_sniff_describe (data, MIN (n, 64)));
  }
  container->scans = MAX (container->scans, 1);
  if (ok && (container->width == 0 || container->height == 0))
    return fail (error, _ ("The file is damaged: it gives its picture no size."));
  return ok;
}
