/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/thumbnail.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "data/decoder.h"
#include "data/importer.h"
#include "data/resample.h"

#define THUMBNAIL_VERSION 1
#define MAX_CACHE ((guint64) 512 << 20)
/* Looking through the folder takes a while, so not for every thumbnail. */
#define PRUNE_ONE_IN 512

static char *
make_key (const NnEntry *entry, guint size)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gint64 facts[4] = { THUMBNAIL_VERSION, size, (gint64) entry->size, entry->mtime };
  g_checksum_update (sum, (const guchar *) facts, sizeof facts);
  g_checksum_update (sum, (const guchar *) entry->path, -1);
  return g_strconcat (g_checksum_get_string (sum), ".jpg", NULL);
}

/* At most @size on the longer side, in the picture's own shape. */
static GdkPixbuf *
shrink (const guint8 *data, guint height, guint width, guint channels, gsize stride, guint size)
{
  double scale = MIN (1.0, (double) size / MAX (height, width));
  guint w = MAX (1, (guint) (width * scale + 0.5)), h = MAX (1, (guint) (height * scale + 0.5));
  NnPixelSpec spec = { h, w, 3, NN_FIT_STRETCH };
  guint8 *out = g_malloc ((gsize) h * w * 3);
  nn_resample (data, height, width, channels, stride, &spec, out);
  return gdk_pixbuf_new_from_data (out, GDK_COLORSPACE_RGB, FALSE, 8, (int) w, (int) h, (int) w * 3,
                                   (GdkPixbufDestroyNotify) (void (*) (void)) g_free, NULL);
}

static GdkPixbuf *
load_cached (const char *path)
{
  g_autofree char *data = NULL;
  gsize n;
  if (!g_file_get_contents (path, &data, &n, NULL))
    return NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_mime_type ("image/jpeg", NULL);
  /* A file cut short loads without an error; the end of image tells. */
  if (!loader || n < 4 || memcmp (data + n - 2, "\xff\xd9", 2) != 0)
    return NULL;
  gboolean ok = gdk_pixbuf_loader_write (loader, (const guchar *) data, n, NULL);
  ok = gdk_pixbuf_loader_close (loader, NULL) && ok;
  GdkPixbuf *pixbuf = ok ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  return pixbuf ? g_object_ref (pixbuf) : NULL;
}

static void
save_cached (GdkPixbuf *pixbuf, const char *folder, const char *path)
{
  g_autofree char *data = NULL;
  gsize n;
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &n, "jpeg", NULL, "quality", "90", NULL))
    return;
  /* Renamed into place, without waiting for the disk: it is but a cache. A full disk costs only time. */
  g_file_set_contents_full (path, data, (gssize) n, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
  if (g_str_hash (path) % PRUNE_ONE_IN == 0)
    nn_cache_prune (folder, MAX_CACHE);
}

static GdkPixbuf *
load_file (const NnEntry *entry, guint size, GError **error)
{
  g_autofree char *folder = nn_cache_folder ("thumbnails");
  g_autofree char *key = make_key (entry, size);
  g_autofree char *path = folder ? g_build_filename (folder, key, NULL) : NULL;
  GdkPixbuf *cached = path ? load_cached (path) : NULL;
  if (cached)
    return cached;
  g_autoptr (NnDecoder) decoder = nn_decoder_new ();
  g_autoptr (GdkPixbuf) whole = nn_decoder_load (decoder, entry->path, size, error);
  if (!whole)
    return NULL;
  GdkPixbuf *small = shrink (gdk_pixbuf_read_pixels (whole), (guint) gdk_pixbuf_get_height (whole),
                             (guint) gdk_pixbuf_get_width (whole), (guint) gdk_pixbuf_get_n_channels (whole),
                             (gsize) gdk_pixbuf_get_rowstride (whole), size);
  if (path)
    save_cached (small, folder, path);
  return small;
}

GdkPixbuf *
nn_load_thumbnail (const char *path, guint size, GError **error)
{
  g_return_val_if_fail (path && size >= 16 && size <= 1024, NULL);
  GStatBuf facts = { 0 };
  g_stat (path, &facts); /* where that fails, decoding tells why */
  NnEntry entry = { .path = path, .size = (guint64) facts.st_size, .mtime = facts.st_mtime };
  return load_file (&entry, size, error);
}

GdkPixbuf *
nn_dataset_load_thumbnail (NnDataset *self, guint sample, guint size, GError **error)
{
  g_return_val_if_fail (self && sample < self->entries->len, NULL);
  g_return_val_if_fail (size >= 16 && size <= 1024, NULL);
  const NnEntry *entry = nn_dataset_entry (self, sample);
  if (entry->path)
    return load_file (entry, size, error);
  const NnBank *bank = g_ptr_array_index (self->banks, entry->bank);
  gsize stride = (gsize) bank->width * bank->channels;
  return shrink (bank->pixels + entry->row * bank->height * stride, bank->height, bank->width, bank->channels,
                 stride, size);
}
