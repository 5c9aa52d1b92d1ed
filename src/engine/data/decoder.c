/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a loader would do with a hostile file is never tried: the container is walked first (container.c), the
 * memory that the picture needs is known before a pixel is decoded, and only the loader of the format that
 * the bytes show gets them. See "Decoding pictures" in the architecture notes for what was measured. */
#include "data/decoder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "data/container.h"
#include "data/resample.h"

#define MAX_FILE ((gsize) 256 << 20)
#define MAX_SIDE 200000
/* Large enough for any camera or scanner; keeps a picture within seconds and the memory below. */
#define MAX_PIXELS 64e6
/* A baseline JPEG is scaled while it is decoded, so its size in memory is small. */
#define MAX_PIXELS_JPEG 250e6
/* A progressive JPEG of many scans costs time for each of them. */
#define MAX_WORK 2e9
/* All pictures being decoded at a time take at most this, but for a single larger one. */
#define BUDGET ((gsize) 640 << 20)

struct _NnDecoder {
  pthread_mutex_t lock;
  pthread_cond_t freed;
  gsize used;
};

NnDecoder *
nn_decoder_new (void)
{
  NnDecoder *self = g_new0 (NnDecoder, 1);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->freed, NULL);
  return self;
}

void
nn_decoder_free (NnDecoder *self)
{
  pthread_mutex_destroy (&self->lock);
  pthread_cond_destroy (&self->freed);
  g_free (self);
}

static void
reserve (NnDecoder *self, gsize bytes)
{
  pthread_mutex_lock (&self->lock);
  while (self->used > 0 && self->used + bytes > BUDGET)
    pthread_cond_wait (&self->freed, &self->lock);
  self->used += bytes;
  pthread_mutex_unlock (&self->lock);
}

static void
release (NnDecoder *self, gsize bytes)
{
  pthread_mutex_lock (&self->lock);
  self->used -= bytes;
  pthread_cond_broadcast (&self->freed);
  pthread_mutex_unlock (&self->lock);
}

static gboolean
fail_errno (GError **error, int code)
{
  g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("The file can't be read: %s."), g_strerror (code));
  return FALSE;
}

/* Opens without waiting (a FIFO would), and looks before it reads. @size: of the file. */
static int
open_picture (const char *path, gsize *size, GError **error)
{
  struct stat st;
  /* Asked before opening too: opening a device may do things. */
  if (stat (path, &st) != 0) {
    fail_errno (error, errno);
    return -1;
  }
  int fd = S_ISREG (st.st_mode) ? open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
  if (S_ISREG (st.st_mode) && (fd < 0 || fstat (fd, &st) != 0))
    fail_errno (error, errno);
  else if (!S_ISREG (st.st_mode))
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("This is no ordinary file."));
  else if (st.st_size == 0)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The file is empty."));
  else if ((guint64) st.st_size > MAX_FILE)
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, _ ("The file is larger than %u MB."),
                 (guint) (MAX_FILE >> 20));
  else {
    *size = (gsize) st.st_size;
    return fd;
  }
  if (fd >= 0)
    close (fd);
  return -1;
}

/* The bytes are read, not mapped: a mapped file that shrinks meanwhile kills the process. */
static guint8 *
read_all (int fd, gsize *size, GError **error)
{
  g_autofree guint8 *data = g_try_malloc (*size);
  gsize done = 0;
  if (!data) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY, _ ("There is no memory to read the file."));
    return NULL;
  }
  while (done < *size) {
    gssize n = read (fd, data + done, *size - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      fail_errno (error, errno);
      return NULL;
    }
    if (n == 0)
      break;
    done += (gsize) n;
  }
  *size = done;
  return g_steal_pointer (&data);
}

/* What decoding takes at its peak, in bytes, besides the file. JPEGs come at 1/8 of the side in the best
 * case; the worst is told by @shrink. */
static double
memory_needed (const NnContainer *container, guint shrink)
{
  double pixels = (double) container->width * container->height;
  switch (container->format) {
  case NN_PICTURE_JPEG:
    return pixels * 4 / ((double) shrink * shrink) + (container->progressive ? pixels * 6 : 0);
  case NN_PICTURE_PNG:
  case NN_PICTURE_BMP:
    return pixels * 4;
  case NN_PICTURE_GIF:
    return pixels * 9;
  case NN_PICTURE_TIFF:
  case NN_PICTURE_WEBP:
  case NN_PICTURE_NONE:
    break;
  }
  return pixels * 8;
}

static gboolean
check_limits (const NnContainer *container, guint shrink, GError **error)
{
  double pixels = (double) container->width * container->height;
  gboolean scaled = container->format == NN_PICTURE_JPEG && !container->progressive;
  if (pixels <= (scaled ? MAX_PIXELS_JPEG : MAX_PIXELS) && pixels * container->scans <= MAX_WORK
      && MAX (container->width, container->height) <= MAX_SIDE
      && memory_needed (container, shrink) <= 1.25 * BUDGET)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
               _ ("The picture is too large to decode: it says it has %u × %u pixels. Make it smaller."),
               container->width, container->height);
  return FALSE;
}

/* By how much libjpeg can scale down and still cover @min_size: 1, 2, 4 or 8. */
static guint
choose_shrink (const NnContainer *container, guint min_size)
{
  guint shrink = 1;
  if (container->format != NN_PICTURE_JPEG)
    return 1;
  while (shrink < 8 && MIN (container->width, container->height) / (2 * shrink) >= min_size)
    shrink *= 2;
  return shrink;
}

typedef struct {
  const NnContainer *container;
  guint shrink;
  gboolean liar; /* the loader reads another size than the container walk did */
} Expectation;

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Expectation *self = data;
  guint shrink = self->shrink;
  if (width < 1 || height < 1 || (guint) width > self->container->width
      || (guint) height > self->container->height) {
    self->liar = TRUE;
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* makes the loaders give up */
  } else if (shrink > 1) {
    gdk_pixbuf_loader_set_size (loader, (int) (((guint) width + shrink - 1) / shrink),
                                (int) (((guint) height + shrink - 1) / shrink));
  }
}

static GdkPixbufLoader *
new_loader (NnPictureFormat format, GError **error)
{
  g_autoptr (GError) local = NULL;
  GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_mime_type (nn_picture_format_mime (format), &local);
  if (!loader)
    g_set_error (
        error, NN_ERROR, NN_ERROR_UNSUPPORTED,
        _ ("No loader for %s pictures is installed. Install the package “%s”, or save the picture as PNG."),
        nn_picture_format_name (format),
        format == NN_PICTURE_WEBP ? "webp-pixbuf-loader" : "gdk-pixbuf2-modules-extra");
  return loader;
}

static GdkPixbuf *
decode_bytes (const guint8 *data, gsize n, const NnContainer *container, guint shrink, GError **error)
{
  g_autoptr (GError) local = NULL;
  Expectation expectation = { container, shrink, FALSE };
  g_autoptr (GdkPixbufLoader) loader = new_loader (container->format, error);
  if (!loader)
    return NULL;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &expectation);
  gboolean ok = gdk_pixbuf_loader_write (loader, data, n, &local);
  /* Always closed; its own error matters only when writing gave none. */
  ok = gdk_pixbuf_loader_close (loader, ok ? &local : NULL) && ok;
  GdkPixbuf *pixbuf = ok && !expectation.liar ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  if (!pixbuf) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The file is damaged: %s."),
                 local ? local->message : _ ("its parts disagree about the size"));
    return NULL;
  }
  GdkPixbuf *upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  if (!upright)
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY,
                 _ ("There is no memory to turn the picture upright."));
  return upright;
}

GdkPixbuf *
nn_decoder_load (NnDecoder *self, const char *path, guint min_size, GError **error)
{
  gsize n = 0;
  NnContainer container;
  GdkPixbuf *pixbuf = NULL;
  int fd = open_picture (path, &n, error);
  if (fd < 0)
    return NULL;
  gsize reserved = n;
  reserve (self, reserved);
  g_autofree guint8 *data = read_all (fd, &n, error);
  close (fd);
  if (data && nn_container_read (data, n, &container, error)) {
    guint shrink = choose_shrink (&container, min_size);
    if (check_limits (&container, shrink, error)) {
      gsize more = (gsize) memory_needed (&container, shrink);
      /* Given back and taken anew, so that two threads never wait for one another. */
      release (self, reserved);
      reserved += more;
      reserve (self, reserved);
      pixbuf = decode_bytes (data, n, &container, shrink, error);
    }
  }
  release (self, reserved);
  return pixbuf;
}

gboolean
nn_decoder_decode (NnDecoder *self, const char *path, const NnPixelSpec *spec, guint8 *out, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = nn_decoder_load (self, path, MAX (spec->height, spec->width), error);
  if (!pixbuf)
    return FALSE;
  nn_resample (gdk_pixbuf_read_pixels (pixbuf), (guint) gdk_pixbuf_get_height (pixbuf),
               (guint) gdk_pixbuf_get_width (pixbuf), (guint) gdk_pixbuf_get_n_channels (pixbuf),
               (gsize) gdk_pixbuf_get_rowstride (pixbuf), spec, out);
  return TRUE;
}

gboolean
nn_decode_file (const char *path, const NnPixelSpec *spec, guint8 *out, GError **error)
{
  g_return_val_if_fail (path && out && nn_pixel_spec_bytes (spec) > 0, FALSE);
  g_autoptr (NnDecoder) decoder = nn_decoder_new ();
  return nn_decoder_decode (decoder, path, spec, out, error);
}

char *
nn_decoder_missing_loaders (void)
{
  GString *missing = g_string_new (NULL);
  for (int format = NN_PICTURE_JPEG; format <= NN_PICTURE_WEBP; format++) {
    g_autoptr (GdkPixbufLoader) loader = new_loader ((NnPictureFormat) format, NULL);
    if (loader)
      gdk_pixbuf_loader_close (loader, NULL);
    else
      g_string_append (missing, nn_picture_format_name ((NnPictureFormat) format));
  }
  return g_string_free (missing, FALSE);
}
