/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header is a Python literal: { 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }. NumPy writes
 * just these three keys; this reads them in any order and nothing else. */
#include "onnx/run/npy.h"

#include "base/error.h"
#include "onnx/proto.h"

#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAX_HEADER 65536
#define ALIGNMENT 64

typedef struct {
  const char *p;    /* NUL-terminated */
  gboolean foreign; /* NumPy's, but not a type of ours */
  const NnOnnxType *type;
  gboolean big_endian;
  gboolean fortran;
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK];
} Header;

static void
skip_space (Header *self)
{
  while (g_ascii_isspace (*self->p))
    self->p++;
}

static gboolean
accept (Header *self, const char *token)
{
  skip_space (self);
  if (!g_str_has_prefix (self->p, token))
    return FALSE;
  self->p += strlen (token);
  return TRUE;
}

/* A text without escapes. Returns: (transfer full) (nullable) */
static char *
read_text (Header *self)
{
  skip_space (self);
  char quote = *self->p;
  const char *end = quote == '\'' || quote == '"' ? strchr (self->p + 1, quote) : NULL;
  if (end == NULL)
    return NULL;
  char *text = g_strndup (self->p + 1, (gsize) (end - self->p - 1));
  self->p = end + 1;
  return text;
}

static gboolean
read_descr (Header *self)
{
  g_autofree char *text = read_text (self);
  self->foreign = TRUE;
  if (text == NULL || text[0] == '\0' || strchr ("<>|=", text[0]) == NULL)
    return FALSE;
  self->type = nn_onnx_type_from_npy (text + 1);
  self->big_endian = text[0] == '>' || (text[0] == '=' && G_BYTE_ORDER == G_BIG_ENDIAN);
  self->foreign = self->type == NULL;
  return self->type != NULL;
}

static gboolean
read_shape (Header *self)
{
  if (!accept (self, "("))
    return FALSE;
  while (!accept (self, ")")) {
    char *end;
    skip_space (self);
    guint64 extent = g_ascii_strtoull (self->p, &end, 10);
    if (!g_ascii_isdigit (*self->p) || extent > G_MAXINT64 || self->rank == NN_ONNX_MAX_RANK)
      return FALSE;
    self->dims[self->rank++] = (gsize) extent;
    self->p = end;
    if (!accept (self, ",")) {
      skip_space (self);
      if (*self->p != ')')
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_order (Header *self)
{
  self->fortran = accept (self, "True");
  return self->fortran || accept (self, "False");
}

static gboolean
read_header (Header *self)
{
  static const struct {
    const char *key;
    gboolean (*read) (Header *self);
  } keys[] = { { "descr", read_descr }, { "fortran_order", read_order }, { "shape", read_shape } };
  gboolean seen[G_N_ELEMENTS (keys)] = { FALSE };
  if (!accept (self, "{"))
    return FALSE;
  while (!accept (self, "}")) {
    g_autofree char *key = read_text (self);
    guint i = 0;
    while (i < G_N_ELEMENTS (keys) && g_strcmp0 (key, keys[i].key) != 0)
      i++;
    if (i == G_N_ELEMENTS (keys) || seen[i] || !accept (self, ":") || !keys[i].read (self))
      return FALSE;
    seen[i] = TRUE;
    if (!accept (self, ",")) {
      skip_space (self);
      if (*self->p != '}')
        return FALSE;
    }
  }
  skip_space (self);
  return *self->p == '\0' && seen[0] && seen[1] && seen[2];
}

/* Returns: where the header is, and its length in @length; NULL when there is none. */
static const guint8 *
find_header (const guint8 *data, gsize size, gsize *length)
{
  if (size < 12 || memcmp (data, MAGIC, 6) != 0 || data[6] < 1 || data[6] > 3)
    return NULL;
  guint wide = data[6] == 1 ? 2 : 4;
  *length = data[8] | (gsize) data[9] << 8;
  if (wide == 4)
    *length |= (gsize) data[10] << 16 | (gsize) data[11] << 24;
  return *length <= MAX_HEADER && *length <= size - 8 - wide ? data + 8 + wide : NULL;
}

/* The last extent varies slowest in Fortran order. */
static gboolean
decode (NnOnnxValue *value, const Header *header, const guint8 *data, GError **error)
{
  if (!header->fortran || value->rank < 2)
    return nn_onnx_value_decode (value, data, header->big_endian, error);
  gsize item = value->type->size;
  for (gsize i = 0; i < value->size; i++) {
    gsize place = 0, rest = i;
    for (guint d = 0; d < value->rank; d++) {
      gsize below = 1;
      for (guint k = d + 1; k < value->rank; k++)
        below *= value->dims[k];
      place += rest % value->dims[d] * below;
      rest /= value->dims[d];
    }
    NnOnnxValue one = { .type = value->type, .size = 1 };
    one.real = value->real != NULL ? value->real + place : NULL;
    one.whole = value->whole != NULL ? value->whole + place : NULL;
    if (!nn_onnx_value_decode (&one, data + i * item, header->big_endian, error))
      return FALSE;
  }
  return TRUE;
}

static NnOnnxValue *
parse (const guint8 *data, gsize size, NnOnnxBudget *budget, GError **error)
{
  gsize length, bytes;
  const guint8 *start = find_header (data, size, &length);
  if (start == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "it isn't a file of NumPy's save()");
    return NULL;
  }
  g_autofree char *text = g_strndup ((const char *) start, length);
  Header header = { .p = text };
  if (!read_header (&header)) {
    if (header.foreign)
      g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "the type of its numbers isn't supported");
    else
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   "its header isn't that of one array of numbers with at most %d extents", NN_ONNX_MAX_RANK);
    return NULL;
  }
  g_autoptr (NnOnnxValue) value = nn_onnx_value_new (budget, header.type, header.rank, header.dims, error);
  if (value == NULL)
    return NULL;
  bytes = value->size * value->type->size;
  if (size - (gsize) (start + length - data) != bytes) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "it hasn't the %zu bytes that its shape calls for",
                 bytes);
    return NULL;
  }
  return decode (value, &header, start + length, error) ? g_steal_pointer (&value) : NULL;
}

NnOnnxValue *
nn_npy_read (const char *path, NnOnnxBudget *budget, GError **error)
{
  g_autoptr (GBytes) bytes = nn_onnx_read_file (path, error);
  g_autoptr (GError) local = NULL;
  if (bytes == NULL)
    return NULL;
  NnOnnxValue *value = parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), budget, &local);
  if (value == NULL) {
    g_autofree char *display = g_filename_display_name (path);
    g_set_error (error, NN_ERROR, local->code, "“%s” can't be used: %s.", display, local->message);
  }
  return value;
}

gboolean
nn_npy_write (const NnOnnxValue *value, const char *path, GError **error)
{
  g_autoptr (GString) header = g_string_new ("{'descr': '");
  g_string_append_printf (header, "%c%s', 'fortran_order': False, 'shape': (",
                          value->type->size > 1 ? '<' : '|', value->type->npy);
  for (guint i = 0; i < value->rank; i++)
    g_string_append_printf (header, "%zu, ", value->dims[i]);
  g_string_append (header, "), }");
  while ((10 + header->len + 1) % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  const guint8 length[] = { (guint8) header->len, (guint8) (header->len >> 8) };
  gsize start = 10 + header->len, size = start + value->size * value->type->size;
  g_autofree guint8 *data = g_try_malloc (size);
  if (data == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY, "There is no memory for the %zu bytes of “%s”.",
                 size, path);
    return FALSE;
  }
  memcpy (data, MAGIC "\x01\x00", 8);
  memcpy (data + 8, length, 2);
  memcpy (data + 10, header->str, header->len);
  nn_onnx_value_encode (value, data + start);
  return g_file_set_contents (path, (const char *) data, (gssize) size, error);
}
