/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrent layers, unrolled. OpenCV 4.6 reads ONNX's LSTM for a batch of one only, and GRU and RNN only with
 * a constant initial state, which fixes the batch as well; so the steps are written out in plain nodes. The
 * product of the inputs with their weights is one convolution over all steps: a row of the picture is what
 * its kernel covers. */
#include "onnx/writer.h"

#include "base/error.h"

#include <glib/gi18n.h>

/* Each step takes about ten nodes. */
#define MAX_STEPS 1024

typedef struct {
  NnOnnxWriter *writer;
  guint units;
  guint step;
  const char *recurrent_weight; /* [gates · units][units] */
  const char *recurrent_bias;   /* [gates · units] or NULL */
  gboolean rectified;           /* of "rnn": ReLU in place of tanh */
} Cell;

static const char *
add (Cell *self, const char *op, const char *what, const char *const *inputs)
{
  return nn_onnx_writer_add (self->writer, op, nn_onnx_writer_print (self->writer, "%u/%s", self->step, what),
                             inputs);
}

static const char *
slice (Cell *self, const char *what, const char *input, guint axis, guint from, guint to)
{
  const char *start = nn_onnx_writer_indices (self->writer, 1, &(const gint64){ from });
  const char *end = nn_onnx_writer_indices (self->writer, 1, &(const gint64){ to });
  const char *axes = nn_onnx_writer_indices (self->writer, 1, &(const gint64){ axis });
  return add (self, "Slice", what, NN_ONNX_INPUTS (input, start, end, axes));
}

static const char *
gate (Cell *self, const char *what, const char *input, guint index)
{
  return slice (self, what, input, 1, index * self->units, (index + 1) * self->units);
}

/* h · R + b */
static const char *
recur (Cell *self, const char *h)
{
  const char *y =
      add (self, "Gemm", "recurrent", NN_ONNX_INPUTS (h, self->recurrent_weight, self->recurrent_bias));
  nn_onnx_writer_int (self->writer, "transB", 1);
  return y;
}

static const char *
sum (Cell *self, const char *x, const char *h)
{
  return h != NULL ? add (self, "Add", "sum", NN_ONNX_INPUTS (x, recur (self, h))) : x;
}

/* h' = f (x + h·R) */
static const char *
rnn_step (Cell *self, const char *x, const char *h, const char **c)
{
  return add (self, self->rectified ? "Relu" : "Tanh", "h", NN_ONNX_INPUTS (sum (self, x, h)));
}

/* Gates in the order input, forget, candidate, output (Hochreiter and Schmidhuber 1997; Gers et al. 2000):
 * c' = f·c + i·g, h' = o·tanh (c'). */
static const char *
lstm_step (Cell *self, const char *x, const char *h, const char **c)
{
  const char *z = sum (self, x, h);
  const char *i = add (self, "Sigmoid", "i", NN_ONNX_INPUTS (gate (self, "i_in", z, 0)));
  const char *g = add (self, "Tanh", "g", NN_ONNX_INPUTS (gate (self, "g_in", z, 2)));
  const char *o = add (self, "Sigmoid", "o", NN_ONNX_INPUTS (gate (self, "o_in", z, 3)));
  const char *next = add (self, "Mul", "ig", NN_ONNX_INPUTS (i, g));
  if (*c != NULL) {
    const char *f = add (self, "Sigmoid", "f", NN_ONNX_INPUTS (gate (self, "f_in", z, 1)));
    next = add (self, "Add", "c", NN_ONNX_INPUTS (add (self, "Mul", "fc", NN_ONNX_INPUTS (f, *c)), next));
  }
  *c = next;
  return add (self, "Mul", "h", NN_ONNX_INPUTS (o, add (self, "Tanh", "tanh_c", NN_ONNX_INPUTS (next))));
}

/* Gates in the order reset, update, candidate (Cho et al. 2014, in the form with the reset behind the
 * product): n = tanh (x + r·(h·R + b)), h' = n + z·(h - n). Before the first step h is zero, so h·R + b is b:
 * x·0 + b gives that the shape of the batch. */
static const char *
gru_step (Cell *self, const char *x, const char *h, const char **c)
{
  const char *q;
  if (h != NULL)
    q = recur (self, h);
  else {
    const float zero = 0;
    const char *nought = nn_onnx_writer_print (self->writer, "%s/zero", self->writer->prefix);
    nought = nn_onnx_writer_floats (self->writer, nought, 1, (const guint[]){ 1 }, &zero);
    q = add (self, "Mul", "nothing", NN_ONNX_INPUTS (x, nought));
    q = self->recurrent_bias ? add (self, "Add", "recurrent", NN_ONNX_INPUTS (q, self->recurrent_bias)) : q;
  }
  const char *r =
      add (self, "Add", "r_in", NN_ONNX_INPUTS (gate (self, "r_x", x, 0), gate (self, "r_h", q, 0)));
  const char *z =
      add (self, "Add", "z_in", NN_ONNX_INPUTS (gate (self, "z_x", x, 1), gate (self, "z_h", q, 1)));
  r = add (self, "Sigmoid", "r", NN_ONNX_INPUTS (r));
  z = add (self, "Sigmoid", "z", NN_ONNX_INPUTS (z));
  const char *n = add (self, "Mul", "n_reset", NN_ONNX_INPUTS (r, gate (self, "n_h", q, 2)));
  n = add (self, "Tanh", "n",
           NN_ONNX_INPUTS (add (self, "Add", "n_in", NN_ONNX_INPUTS (gate (self, "n_x", x, 2), n))));
  if (h == NULL)
    return add (self, "Sub", "h", NN_ONNX_INPUTS (n, add (self, "Mul", "zn", NN_ONNX_INPUTS (z, n))));
  const char *change =
      add (self, "Mul", "change", NN_ONNX_INPUTS (z, add (self, "Sub", "h_n", NN_ONNX_INPUTS (h, n))));
  return add (self, "Add", "h", NN_ONNX_INPUTS (n, change));
}

/* Adds weight @name of the layer, if it has it. */
static const char *
add_weight (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *name)
{
  for (guint i = 0; i < node->n_params; i++)
    if (g_str_equal (node->params[i].name, name))
      return nn_onnx_writer_weight (self, node, name, &node->params[i].shape,
                                    nn_model_get_param (model, node->index, i));
  return NULL;
}

static const char *
project (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *input)
{
  const NnShape *x = &node->inputs[0]->shape;
  const char *weight = add_weight (self, model, node, "input_weight");
  const char *bias = add_weight (self, model, node, "bias");
  const char *y = nn_onnx_writer_add (self, "Conv", "input", NN_ONNX_INPUTS (input, weight, bias));
  nn_onnx_writer_ints (self, "kernel_shape", 2, (const gint64[]){ 1, x->rank == 3 ? x->dims[1] : 1 });
  nn_onnx_writer_ints (self, "strides", 2, (const gint64[]){ 1, 1 });
  nn_onnx_writer_ints (self, "pads", 4, (const gint64[]){ 0, 0, 0, 0 });
  return y;
}

/* All steps one above the other: [N][units][steps][1]. */
static const char *
stack (Cell *self, guint n_steps, const char **steps)
{
  const char *shape = nn_onnx_writer_indices (self->writer, 4, (const gint64[]){ 0, 0, 1, 1 });
  for (self->step = 0; self->step < n_steps; self->step++)
    steps[self->step] = add (self, "Reshape", "column", NN_ONNX_INPUTS (steps[self->step], shape));
  const char *y = n_steps > 1 ? nn_onnx_writer_add (self->writer, "Concat", NULL, steps) : steps[0];
  if (n_steps > 1)
    nn_onnx_writer_int (self->writer, "axis", 2);
  return y;
}

const char *
nn_onnx_add_recurrent (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *input)
{
  guint n_steps = node->inputs[0]->shape.dims[0];
  if (n_steps > MAX_STEPS) {
    if (self->error == NULL)
      g_set_error (
          &self->error, NN_ERROR, NN_ERROR_UNSUPPORTED,
          _ ("The layer “%s” runs over %u rows; a model file can hold at most %d. Use smaller pictures."),
          node->name, n_steps, MAX_STEPS);
    return input;
  }
  Cell cell = { .writer = self, .units = node->shape.dims[node->shape.rank - 1] };
  const char *(*next) (Cell *, const char *, const char *, const char **) =
      g_str_equal (node->op->id, "lstm")  ? lstm_step
      : g_str_equal (node->op->id, "gru") ? gru_step
                                          : rnn_step;
  cell.rectified = nn_onnx_has_choice (node, "activation", "relu");
  input = project (self, model, node, input);
  cell.recurrent_weight = add_weight (self, model, node, "recurrent_weight");
  cell.recurrent_bias = add_weight (self, model, node, "recurrent_bias");

  const char *h = NULL, *c = NULL;
  g_autofree const char **steps = g_new0 (const char *, n_steps + 1);
  for (cell.step = 0; cell.step < n_steps; cell.step++) {
    const char *x = slice (&cell, "row", input, 2, cell.step, cell.step + 1);
    x = add (&cell, "Flatten", "x", NN_ONNX_INPUTS (x));
    nn_onnx_writer_int (self, "axis", 1);
    steps[cell.step] = h = next (&cell, x, h, &c);
  }
  return node->shape.rank == 2 ? stack (&cell, n_steps, steps) : h;
}
