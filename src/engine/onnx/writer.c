/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/writer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "onnx/layout.h"

NnOnnxWriter *
nn_onnx_writer_new (void)
{
  NnOnnxWriter *self = g_new0 (NnOnnxWriter, 1);
  self->memory = g_ptr_array_new_with_free_func (g_free);
  self->nodes = g_ptr_array_new ();
  self->constants = g_ptr_array_new ();
  self->names = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
nn_onnx_writer_free (NnOnnxWriter *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->constants);
  g_ptr_array_unref (self->memory);
  g_clear_error (&self->error);
  g_free (self);
}

gpointer
nn_onnx_writer_alloc (NnOnnxWriter *self, gsize count, gsize size)
{
  gpointer memory = g_malloc0_n (MAX (count, 1), size);
  g_ptr_array_add (self->memory, memory);
  return memory;
}

const char *
nn_onnx_writer_print (NnOnnxWriter *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (self->memory, text);
  return text;
}

/* Names of values must be unique in ONNX, and users name layers as they like. */
static void
claim_name (NnOnnxWriter *self, const char *name)
{
  if (!g_hash_table_add (self->names, (char *) name) && self->error == NULL)
    g_set_error (&self->error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The network can't be written as ONNX: two things in it would be called “%s”. "
                    "Give the layer another name"),
                 name);
}

const char *
nn_onnx_writer_add (NnOnnxWriter *self, const char *op, const char *suffix, const char *const *inputs)
{
  NnOnnx__NodeProto *node = nn_onnx_writer_alloc (self, 1, sizeof *node);
  nn_onnx__node_proto__init (node);
  const char *name =
      suffix != NULL ? nn_onnx_writer_print (self, "%s/%s", self->prefix, suffix) : self->prefix;
  claim_name (self, name);
  node->name = (char *) name;
  node->op_type = (char *) op;
  node->n_input = g_strv_length ((char **) inputs);
  node->input = nn_onnx_writer_alloc (self, node->n_input, sizeof (char *));
  memcpy (node->input, inputs, node->n_input * sizeof (char *));
  node->n_output = 1;
  node->output = nn_onnx_writer_alloc (self, 1, sizeof (char *));
  node->output[0] = (char *) name;
  g_ptr_array_add (self->nodes, node);
  return name;
}

static NnOnnx__AttributeProto *
add_attribute_to (NnOnnxWriter *self, NnOnnx__NodeProto *node, const char *name, int type)
{
  NnOnnx__AttributeProto **list = nn_onnx_writer_alloc (self, node->n_attribute + 1, sizeof *list);
  if (node->n_attribute > 0)
    memcpy (list, node->attribute, node->n_attribute * sizeof *list);
  NnOnnx__AttributeProto *attribute = nn_onnx_writer_alloc (self, 1, sizeof *attribute);
  nn_onnx__attribute_proto__init (attribute);
  attribute->name = (char *) name;
  attribute->has_type = TRUE;
  attribute->type = type;
  list[node->n_attribute++] = attribute;
  node->attribute = list;
  return attribute;
}

static NnOnnx__AttributeProto *
add_attribute (NnOnnxWriter *self, const char *name, int type)
{
  return add_attribute_to (self, g_ptr_array_index (self->nodes, self->nodes->len - 1), name, type);
}

void
nn_onnx_writer_int (NnOnnxWriter *self, const char *name, gint64 value)
{
  NnOnnx__AttributeProto *attribute =
      add_attribute (self, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
  attribute->has_i = TRUE;
  attribute->i = value;
}

void
nn_onnx_writer_float (NnOnnxWriter *self, const char *name, float value)
{
  NnOnnx__AttributeProto *attribute =
      add_attribute (self, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
  attribute->has_f = TRUE;
  attribute->f = value;
}

void
nn_onnx_writer_ints (NnOnnxWriter *self, const char *name, guint n, const gint64 *values)
{
  NnOnnx__AttributeProto *attribute =
      add_attribute (self, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  attribute->n_ints = n;
  attribute->ints = nn_onnx_writer_alloc (self, n, sizeof *values);
  memcpy (attribute->ints, values, n * sizeof *values);
}

/* Its bytes are left for the caller to fill, little-endian as ONNX wants them. */
static NnOnnx__TensorProto *
add_constant (NnOnnxWriter *self, const char *name, int type, guint rank, const guint *dims, gsize bytes)
{
  NnOnnx__TensorProto *tensor = nn_onnx_writer_alloc (self, 1, sizeof *tensor);
  nn_onnx__tensor_proto__init (tensor);
  claim_name (self, name);
  tensor->name = (char *) name;
  tensor->has_data_type = TRUE;
  tensor->data_type = type;
  tensor->n_dims = rank;
  tensor->dims = nn_onnx_writer_alloc (self, rank, sizeof *tensor->dims);
  for (guint i = 0; i < rank; i++)
    tensor->dims[i] = dims[i];
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = bytes;
  tensor->raw_data.data = nn_onnx_writer_alloc (self, bytes, 1);
  g_ptr_array_add (self->constants, tensor);
  return tensor;
}

static void
to_little_endian (guint32 *words, gsize n)
{
  for (gsize i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < n; i++)
    words[i] = GUINT32_TO_LE (words[i]);
}

const char *
nn_onnx_writer_floats (NnOnnxWriter *self, const char *name, guint rank, const guint *dims, const float *data)
{
  gsize n = 1;
  for (guint i = 0; i < rank; i++)
    n *= dims[i];
  NnOnnx__TensorProto *tensor =
      add_constant (self, name, NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, rank, dims, n * sizeof (float));
  memcpy (tensor->raw_data.data, data, tensor->raw_data.len);
  to_little_endian ((guint32 *) tensor->raw_data.data, n);
  return tensor->name;
}

const char *
nn_onnx_writer_indices (NnOnnxWriter *self, guint n, const gint64 *values)
{
  g_autoptr (GString) name = g_string_new ("indices");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (name, "/%" G_GINT64_FORMAT, values[i]);
  for (guint i = 0; i < self->constants->len; i++) {
    NnOnnx__TensorProto *old = g_ptr_array_index (self->constants, i);
    if (g_str_equal (old->name, name->str))
      return old->name;
  }
  NnOnnx__TensorProto *tensor =
      add_constant (self, nn_onnx_writer_print (self, "%s", name->str),
                    NN_ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 1, &n, n * sizeof *values);
  for (guint i = 0; i < n; i++) {
    gint64 value = GINT64_TO_LE (values[i]);
    memcpy (tensor->raw_data.data + i * sizeof value, &value, sizeof value);
  }
  return tensor->name;
}

const char *
nn_onnx_writer_weight (NnOnnxWriter *self, const NnNode *node, const char *name, const NnShape *shape,
                       const float *data)
{
  NnOnnxLayout layout;
  nn_onnx_layout_init (&layout, node, name, shape);
  gsize n = nn_shape_size (shape);
  NnOnnx__TensorProto *tensor =
      add_constant (self, nn_onnx_writer_print (self, "%s.%s", node->name, name),
                    NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, layout.rank, layout.dims, n * sizeof (float));
  nn_onnx_layout_export (&layout, data, (float *) tensor->raw_data.data);
  to_little_endian ((guint32 *) tensor->raw_data.data, n);
  return tensor->name;
}

static NnOnnx__TensorProto *
find_constant (NnOnnxWriter *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->constants->len; i++) {
    NnOnnx__TensorProto *tensor = g_ptr_array_index (self->constants, i);
    if (g_str_equal (tensor->name, name)) {
      *index = i;
      return tensor;
    }
  }
  return NULL;
}

/* The bounds of Clip became inputs with set 11; each node has its own. */
static void
bounds_to_attributes (NnOnnxWriter *self, NnOnnx__NodeProto *node)
{
  static const char *const names[] = { NULL, "min", "max" };
  for (; node->n_input > 1; node->n_input--) {
    guint index = 0, word;
    const NnOnnx__TensorProto *bound = find_constant (self, node->input[node->n_input - 1], &index);
    g_assert (bound != NULL && node->n_input <= G_N_ELEMENTS (names));
    NnOnnx__AttributeProto *attribute = add_attribute_to (self, node, names[node->n_input - 1],
                                                          NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    memcpy (&word, bound->raw_data.data, sizeof word);
    word = GUINT32_FROM_LE (word);
    attribute->has_f = TRUE;
    memcpy (&attribute->f, &word, sizeof word);
    g_ptr_array_remove_index (self->constants, index);
  }
}

/* What Gemm adds could be left out since set 11: here it is zeros. */
static void
add_zeros (NnOnnxWriter *self, NnOnnx__NodeProto *node)
{
  guint index = 0;
  const NnOnnx__TensorProto *weight = find_constant (self, node->input[1], &index);
  g_assert (weight != NULL);
  guint n = (guint) weight->dims[0]; /* transB */
  g_autofree float *zeros = g_new0 (float, n);
  char **inputs = nn_onnx_writer_alloc (self, 3, sizeof *inputs);
  inputs[0] = node->input[0];
  inputs[1] = node->input[1];
  inputs[2] = (char *) nn_onnx_writer_floats (self, nn_onnx_writer_print (self, "%s/zeros", node->name), 1, &n, zeros);
  node->input = inputs;
  node->n_input = 3;
}

void
nn_onnx_writer_downgrade (NnOnnxWriter *self)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    NnOnnx__NodeProto *node = g_ptr_array_index (self->nodes, i);
    if (g_str_equal (node->op_type, "Clip"))
      bounds_to_attributes (self, node);
    else if (g_str_equal (node->op_type, "Gemm") && node->n_input == 2)
      add_zeros (self, node);
  }
}
