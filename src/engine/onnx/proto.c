/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and decoding of model files, whoever wrote them. protobuf-c gets a budget of memory. */
#include "onnx/proto.h"

#include "base/error.h"
#include "onnx/onnx-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Messages of two bytes become structures of a hundred: a file may cost twice its size and this much, no
 * more. */
#define OVERHEAD ((gsize) 64 << 20)

/* The size stands in front of each block, since protobuf-c doesn't tell it when it frees one. */
#define HEADER 16

#define MAX_DISPLAYED 80

static void *
budget_alloc (void *data, size_t size)
{
  NnOnnxProto *self = data;
  if (size > self->left || self->left - size < HEADER)
    return NULL;
  guint8 *block = g_try_malloc (size + HEADER);
  if (block == NULL)
    return NULL;
  gsize whole = size + HEADER;
  memcpy (block, &whole, sizeof whole);
  self->left -= whole;
  return block + HEADER;
}

static void
budget_free (void *data, void *pointer)
{
  NnOnnxProto *self = data;
  if (pointer == NULL)
    return;
  gsize whole;
  guint8 *block = (guint8 *) pointer - HEADER;
  memcpy (&whole, block, sizeof whole);
  self->left += whole;
  g_free (block);
}

NnOnnxProto *
nn_onnx_proto_new (GBytes *bytes, const char *display, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  if (size > NN_ONNX_MAX_BYTES) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("“%s” can't be opened: model files of more than %u MiB aren't read."), display,
                 (guint) (NN_ONNX_MAX_BYTES >> 20));
    return NULL;
  }
  g_autoptr (NnOnnxProto) self = g_new0 (NnOnnxProto, 1);
  self->left = 2 * size + OVERHEAD;
  ProtobufCAllocator allocator = { budget_alloc, budget_free, self };
  self->model = size > 0 ? nn_onnx__model_proto__unpack (&allocator, size, data) : NULL;
  if (self->model == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("“%s” can't be opened: it isn't an ONNX file, or it is damaged."), display);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
nn_onnx_proto_free (NnOnnxProto *self)
{
  ProtobufCAllocator allocator = { budget_alloc, budget_free, self };
  if (self == NULL)
    return;
  if (self->model != NULL)
    nn_onnx__model_proto__free_unpacked (self->model, &allocator);
  g_free (self);
}

static GBytes *
read_all (int fd, const char *display, GError **error)
{
  struct stat info;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > (off_t) NN_ONNX_MAX_BYTES) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("“%s” can't be opened: it isn't a plain file of at most %u MiB."), display,
                 (guint) (NN_ONNX_MAX_BYTES >> 20));
    return NULL;
  }
  gsize size = (gsize) info.st_size, done = 0;
  g_autofree guint8 *data = g_try_malloc (MAX (size, 1));
  gssize got = data != NULL ? 1 : -1;
  while (got > 0 && done < size) {
    got = read (fd, data + done, size - done);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      done += (gsize) got;
  }
  if (got < 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("“%s” can't be read: %s."), display,
                 g_strerror (errno));
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), done);
}

GBytes *
nn_onnx_read_file (const char *path, GError **error)
{
  g_autofree char *display = g_filename_display_name (path);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” can't be opened: %s."), display,
                 g_strerror (errno));
    return NULL;
  }
  GBytes *bytes = read_all (fd, display, error);
  close (fd);
  return bytes;
}

char *
nn_onnx_display (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  if (g_utf8_strlen (valid, -1) <= MAX_DISPLAYED)
    return g_steal_pointer (&valid);
  g_autofree char *start = g_utf8_substring (valid, 0, MAX_DISPLAYED);
  return g_strconcat (start, "…", NULL);
}
