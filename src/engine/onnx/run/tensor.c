/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/tensor.h"

#include "base/error.h"
#include "onnx/proto.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
external_entry (const NnOnnx__TensorProto *tensor, const char *key)
{
  for (gsize i = 0; i < tensor->n_external_data; i++)
    if (g_strcmp0 (tensor->external_data[i]->key, key) == 0)
      return tensor->external_data[i]->value;
  return NULL;
}

/* Goes down from @folder name by name; each must be what it looks like. Returns: a descriptor, or -1 */
static int
open_inside (const char *folder, const char *location)
{
  g_auto (GStrv) names = g_strsplit (location, "/", -1);
  int at = open (folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  for (guint i = 0; at >= 0 && names[i] != NULL; i++) {
    gboolean last = names[i + 1] == NULL;
    int next = -1;
    if (names[i][0] != '\0' && !g_str_equal (names[i], "..") && !g_str_equal (names[i], "."))
      next = openat (at, names[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (last ? O_NONBLOCK : O_DIRECTORY));
    close (at);
    at = next;
  }
  return at;
}

static gboolean
read_at (int fd, guint8 *data, gsize size, guint64 offset)
{
  for (gsize done = 0; done < size;) {
    gssize got = pread (fd, data + done, size - done, (off_t) (offset + done));
    if (got <= 0 && !(got < 0 && errno == EINTR))
      return FALSE;
    done += got > 0 ? (gsize) got : 0;
  }
  return TRUE;
}

static gboolean
read_external (NnOnnxValue *value, const NnOnnx__TensorProto *tensor, const char *folder, GError **error)
{
  const char *location = external_entry (tensor, "location"), *at = external_entry (tensor, "offset");
  g_autofree char *shown = nn_onnx_display (location);
  guint64 offset = 0;
  struct stat info;
  if (location == NULL
      || (at != NULL && !g_ascii_string_to_unsigned (at, 10, 0, G_MAXINT64 / 2, &offset, NULL))) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "its data are said to lie in another file, but not where");
    return FALSE;
  }
  gsize size = value->size * value->type->size;
  int fd = folder != NULL ? open_inside (folder, location) : -1;
  if (fd < 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "its data lie in “%s”, which can't be opened in the model's folder", shown);
    return FALSE;
  }
  gboolean ok = fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_size >= 0
                && offset <= (guint64) info.st_size && size <= (guint64) info.st_size - offset;
  g_autofree guint8 *data = ok ? g_try_malloc (MAX (size, 1)) : NULL;
  ok = data != NULL && read_at (fd, data, size, offset);
  close (fd);
  if (!ok) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” doesn't have the %zu bytes of its data", shown,
                 size);
    return FALSE;
  }
  return nn_onnx_value_decode (value, data, FALSE, error);
}

/* Fields other than raw_data: which one holds a type is fixed by ONNX. Returns: how many numbers there are */
static gsize
read_field (NnOnnxValue *value, const NnOnnx__TensorProto *tensor, gboolean copy)
{
  gsize n = copy ? value->size : 0;
  switch (value->type->number) {
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
    for (gsize i = 0; i < n; i++)
      value->real[i] = tensor->float_data[i];
    return tensor->n_float_data;
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
    for (gsize i = 0; i < n; i++)
      value->real[i] = tensor->double_data[i];
    return tensor->n_double_data;
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
    for (gsize i = 0; i < n; i++)
      value->whole[i] = tensor->int64_data[i];
    return tensor->n_int64_data;
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__UINT32:
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__UINT64:
    for (gsize i = 0; i < n; i++)
      value->whole[i] = nn_onnx_type_wrap (value->type, (gint64) tensor->uint64_data[i]);
    return tensor->n_uint64_data;
  case NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16:
    for (gsize i = 0; i < n; i++) {
      const guint8 bytes[] = { (guint8) tensor->int32_data[i], (guint8) (tensor->int32_data[i] >> 8) };
      NnOnnxValue one = { .type = value->type, .size = 1, .real = value->real + i };
      nn_onnx_value_decode (&one, bytes, FALSE, NULL);
    }
    return tensor->n_int32_data;
  default:
    for (gsize i = 0; i < n; i++)
      value->whole[i] = nn_onnx_type_wrap (value->type, tensor->int32_data[i]);
    return tensor->n_int32_data;
  }
}

static gboolean
fill (NnOnnxValue *value, const NnOnnx__TensorProto *tensor, const char *folder, GError **error)
{
  if (tensor->has_data_location && tensor->data_location == NN_ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return read_external (value, tensor, folder, error);
  gboolean raw = tensor->has_raw_data && (tensor->raw_data.len > 0 || read_field (value, tensor, FALSE) == 0);
  gsize have = raw ? tensor->raw_data.len : read_field (value, tensor, FALSE);
  if (have != (raw ? value->size * value->type->size : value->size)) {
    g_autofree char *shape = nn_onnx_shape_string (value->rank, value->dims);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "its data aren't the %s numbers of its shape", shape);
    return FALSE;
  }
  if (raw)
    return nn_onnx_value_decode (value, tensor->raw_data.data, FALSE, error);
  read_field (value, tensor, TRUE);
  return TRUE;
}

NnOnnxValue *
nn_onnx_value_from_tensor (const NnOnnx__TensorProto *tensor, const char *folder, NnOnnxBudget *budget,
                           GError **error)
{
  g_autofree char *name = nn_onnx_display (tensor->name);
  const NnOnnxType *type = nn_onnx_type (tensor->has_data_type ? tensor->data_type : 0);
  gsize dims[NN_ONNX_MAX_RANK] = { 0 };
  g_autoptr (GError) local = NULL;
  if (type == NULL)
    g_set_error (&local, NN_ERROR, NN_ERROR_UNSUPPORTED, "its type is %d, which isn't supported",
                 tensor->has_data_type ? tensor->data_type : 0);
  else if (tensor->n_dims > NN_ONNX_MAX_RANK)
    g_set_error (&local, NN_ERROR, NN_ERROR_UNSUPPORTED, "it has %zu extents; %d are supported",
                 tensor->n_dims, NN_ONNX_MAX_RANK);
  for (gsize i = 0; local == NULL && i < tensor->n_dims; i++) {
    dims[i] = (gsize) tensor->dims[i];
    if (tensor->dims[i] < 0)
      g_set_error (&local, NN_ERROR, NN_ERROR_BAD_INPUT, "its shape has a negative extent");
  }
  g_autoptr (NnOnnxValue) value
      = local == NULL ? nn_onnx_value_new (budget, type, (guint) tensor->n_dims, dims, &local) : NULL;
  if (value != NULL && fill (value, tensor, folder, &local))
    return g_steal_pointer (&value);
  g_set_error (error, NN_ERROR, local->code, "the tensor “%s”: %s", name, local->message);
  return NULL;
}
