/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RNN, GRU and LSTM, sequence by sequence and step by step, as ONNX writes down their equations. */
#include "onnx/run/operator.h"

#include <math.h>
#include <string.h>

#define MAX_FUNCTIONS 3

typedef double (*Function) (double x);
typedef struct _Layer Layer;

/* How the kinds differ. Gates lie one after another in the weights. */
typedef struct {
  guint gates;
  guint n_functions;
  const char *functions[MAX_FUNCTIONS]; /* unless the node names others */
  void (*step) (const Layer *layer, const double *x, const double *r, double *h, double *c);
} Kind;

/* One direction of a node. */
struct _Layer {
  const Kind *kind;
  gsize steps, batch, inputs, hidden;
  gboolean batch_first, reverse, linear_before_reset, input_forget;
  guint direction, directions;
  double clip;
  Function f[MAX_FUNCTIONS];
  const double *w, *r, *wb, *rb, *p; /* the biases and peepholes may be NULL */
  double *product;                   /* of the candidate of a GRU: [hidden] */
};

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static double
relu (double x)
{
  return x > 0 ? x : 0;
}

static double
softsign (double x)
{
  return x / (1 + fabs (x));
}

static double
softplus (double x)
{
  return fmax (x, 0) + log1p (exp (-fabs (x)));
}

static const struct {
  const char *name;
  Function f;
} functions[] = {
  { "Relu", relu },         { "Sigmoid", sigmoid }, { "Softplus", softplus },
  { "Softsign", softsign }, { "Tanh", tanh },
};

static double
apply (const Layer *self, guint function, double x)
{
  return self->f[function](fmax (-self->clip, fmin (self->clip, x)));
}

/* Row @row of a matrix times a vector. */
static double
dot (const double *matrix, gsize row, gsize n, const double *vector)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += matrix[row * n + i] * vector[i];
  return sum;
}

/* @x, @r: what the input and the state give for every gate, biases included; the step changes h and c. */
static void
rnn_step (const Layer *self, const double *x, const double *r, double *h, double *c)
{
  for (gsize i = 0; i < self->hidden; i++)
    h[i] = apply (self, 0, x[i] + r[i]);
}

/* Gates: update, reset, candidate. */
static void
gru_step (const Layer *self, const double *x, const double *r, double *h, double *c)
{
  gsize n = self->hidden;
  for (gsize i = 0; i < n; i++)
    self->product[i] = apply (self, 0, x[n + i] + r[n + i]);
  for (gsize i = 0; i < n; i++)
    c[i] = self->linear_before_reset ? self->product[i] * r[2 * n + i] : self->product[i] * h[i];
  for (gsize i = 0; i < n; i++) {
    double inner = c[i];
    if (!self->linear_before_reset)
      inner = dot (self->r, 2 * n + i, n, c) + (self->rb != NULL ? self->rb[2 * n + i] : 0);
    self->product[i] = apply (self, 1, x[2 * n + i] + inner);
  }
  for (gsize i = 0; i < n; i++) {
    double z = apply (self, 0, x[i] + r[i]);
    h[i] = (1 - z) * self->product[i] + z * h[i];
  }
}

/* Gates: input, output, forget, candidate; peepholes: input, output, forget. */
static void
lstm_step (const Layer *self, const double *x, const double *r, double *h, double *c)
{
  gsize n = self->hidden;
  for (gsize i = 0; i < n; i++) {
    const double *p = self->p;
    double in = apply (self, 0, x[i] + r[i] + (p != NULL ? p[i] * c[i] : 0));
    double forget = apply (self, 0, x[2 * n + i] + r[2 * n + i] + (p != NULL ? p[2 * n + i] * c[i] : 0));
    double candidate = apply (self, 1, x[3 * n + i] + r[3 * n + i]);
    c[i] = (self->input_forget ? 1 - in : forget) * c[i] + in * candidate;
    double out = apply (self, 0, x[n + i] + r[n + i] + (p != NULL ? p[n + i] * c[i] : 0));
    h[i] = out * apply (self, 2, c[i]);
  }
}

static const Kind rnn = { 1, 1, { "Tanh" }, rnn_step };
static const Kind gru = { 3, 2, { "Sigmoid", "Tanh" }, gru_step };
static const Kind lstm = { 4, 3, { "Sigmoid", "Tanh", "Tanh" }, lstm_step };

/* The place of a vector of the state, or of the result at a step. */
static gsize
state_at (const Layer *self, gsize b)
{
  gsize row = self->batch_first ? b * self->directions + self->direction : self->direction * self->batch + b;
  return row * self->hidden;
}

static gsize
result_at (const Layer *self, gsize t, gsize b)
{
  gsize row = self->batch_first ? (b * self->steps + t) * self->directions + self->direction
                                : (t * self->directions + self->direction) * self->batch + b;
  return row * self->hidden;
}

static void
project (const Layer *self, const double *matrix, const double *bias, gsize n, const double *vector,
         double *y)
{
  for (gsize row = 0; row < self->kind->gates * self->hidden; row++)
    y[row] = dot (matrix, row, n, vector) + (bias != NULL ? bias[row] : 0);
}

/* @h, @c: the initial state, then the last one. @y: (nullable): all steps; zero behind the end of a short
 * sequence */
static void
run_sequence (const Layer *self, gsize b, gsize length, const double *x, double *gates, double *h, double *c,
              double *y)
{
  gsize rows = self->kind->gates * self->hidden;
  for (gsize i = 0; i < length; i++) {
    gsize t = self->reverse ? length - 1 - i : i;
    gsize at = (self->batch_first ? b * self->steps + t : t * self->batch + b) * self->inputs;
    project (self, self->w, self->wb, self->inputs, x + at, gates);
    project (self, self->r, self->rb, self->hidden, h, gates + rows);
    self->kind->step (self, gates, gates + rows, h, c);
    if (y != NULL)
      memcpy (y + result_at (self, t, b), h, self->hidden * sizeof *h);
  }
}

static gboolean
find_function (NnOnnxCall *call, const guint8 *name, gsize length, Function *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strlen (functions[i].name) == length
        && g_ascii_strncasecmp (functions[i].name, (const char *) name, length) == 0) {
      *f = functions[i].f;
      return TRUE;
    }
  nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "one of its activations isn't supported");
  return FALSE;
}

static void
read_functions (Layer *self, NnOnnxCall *call)
{
  const NnOnnx__AttributeProto *named
      = nn_onnx_attr_find (call, "activations", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS);
  guint n = self->kind->n_functions, first = self->direction * n;
  if (nn_onnx_has_attr (call, "activation_alpha") || nn_onnx_has_attr (call, "activation_beta"))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "activations with parameters aren't supported");
  if (named != NULL && named->n_strings != (gsize) n * self->directions)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "it names %zu activations and needs %u", named->n_strings,
                  n * self->directions);
  for (guint i = 0; i < n && call->error == NULL; i++) {
    const char *usual = self->kind->functions[i];
    if (named != NULL)
      find_function (call, named->strings[first + i].data, named->strings[first + i].len, &self->f[i]);
    else
      find_function (call, (const guint8 *) usual, strlen (usual), &self->f[i]);
  }
}

/* Returns: (nullable): the numbers of an input that has to have these extents, unless it is left out. */
static const double *
take (NnOnnxCall *call, guint index, guint rank, gsize a, gsize b, gsize c)
{
  const NnOnnxValue *value = nn_onnx_input (call, index) != NULL ? nn_onnx_real_input (call, index) : NULL;
  const gsize dims[] = { a, b, c };
  for (guint i = 0; value != NULL && i < rank; i++)
    if (value->rank != rank || value->dims[i] != dims[i]) {
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u hasn't the shape that the others call for",
                    index + 1);
      return NULL;
    }
  return value != NULL && call->error == NULL ? value->real : NULL;
}

static gboolean
read_layer (Layer *self, NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0), *w = nn_onnx_real_input (call, 1);
  self->kind = call->op->detail;
  self->batch_first = nn_onnx_attr_int (call, "layout", 0) != 0;
  self->linear_before_reset = nn_onnx_attr_int (call, "linear_before_reset", 0) != 0;
  self->input_forget = nn_onnx_attr_int (call, "input_forget", 0) != 0;
  self->clip = nn_onnx_attr_float (call, "clip", INFINITY);
  self->reverse = nn_onnx_attr_is (call, "direction", "reverse", "forward");
  self->directions = nn_onnx_attr_is (call, "direction", "bidirectional", "forward") ? 2 : 1;
  if (self->directions == 1 && !self->reverse && !nn_onnx_attr_is (call, "direction", "forward", "forward"))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its direction isn't one of ONNX's");
  if (call->error != NULL)
    return FALSE;
  if (x->rank != 3 || w->rank != 3 || w->dims[1] % self->kind->gates != 0)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input and weights haven't three extents");
  self->steps = x->dims[self->batch_first ? 1 : 0];
  self->batch = x->dims[self->batch_first ? 0 : 1];
  self->inputs = x->dims[2];
  self->hidden = w->dims[1] / self->kind->gates;
  if (nn_onnx_attr_int (call, "hidden_size", (gint64) self->hidden) != (gint64) self->hidden)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “hidden_size” isn't that of its weights");
  return call->error == NULL;
}

/* The weights of one direction. */
static void
choose_direction (Layer *self, NnOnnxCall *call, guint direction)
{
  gsize rows = self->kind->gates * self->hidden;
  const double *b = take (call, 3, 2, self->directions, 2 * rows, 0);
  self->direction = direction;
  self->reverse = self->reverse || direction == 1;
  self->w = take (call, 1, 3, self->directions, rows, self->inputs);
  self->r = take (call, 2, 3, self->directions, rows, self->hidden);
  self->p = self->kind == &lstm ? take (call, 7, 2, self->directions, 3 * self->hidden, 0) : NULL;
  read_functions (self, call);
  if (call->error != NULL)
    return;
  self->w += direction * rows * self->inputs;
  self->r += direction * rows * self->hidden;
  self->wb = b != NULL ? b + direction * 2 * rows : NULL;
  self->rb = b != NULL ? self->wb + rows : NULL;
  self->p = self->p != NULL ? self->p + direction * 3 * self->hidden : NULL;
}

static gsize
length_of (NnOnnxCall *call, const Layer *self, gsize b)
{
  const NnOnnxValue *lengths = nn_onnx_input (call, 4);
  if (lengths == NULL)
    return self->steps;
  if (lengths->whole == NULL || lengths->size != self->batch || lengths->whole[b] < 0
      || lengths->whole[b] > (gint64) self->steps) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its lengths of sequences are wrong");
    return 0;
  }
  return (gsize) lengths->whole[b];
}

static void
run_direction (Layer *self, NnOnnxCall *call, const double *h0, const double *c0, NnOnnxValue *y,
               NnOnnxValue *y_h, NnOnnxValue *y_c)
{
  gsize n = self->hidden, rows = self->kind->gates * n;
  g_autofree double *memory = g_try_new0 (double, 2 * rows + 3 * n + 1);
  if (memory == NULL) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its state takes more memory than there is");
    return;
  }
  double *h = memory + 2 * rows, *c = h + n;
  self->product = c + n;
  for (gsize b = 0; b < self->batch; b++) {
    gsize length = length_of (call, self, b), at = state_at (self, b);
    if (call->error != NULL)
      return;
    memset (h, 0, 2 * n * sizeof *h);
    if (h0 != NULL)
      memcpy (h, h0 + at, n * sizeof *h);
    if (c0 != NULL)
      memcpy (c, c0 + at, n * sizeof *c);
    run_sequence (self, b, length, call->inputs[0]->real, memory, h, c, y != NULL ? y->real : NULL);
    if (y_h != NULL)
      memcpy (y_h->real + at, h, n * sizeof *h);
    if (y_c != NULL)
      memcpy (y_c->real + at, c, n * sizeof *c);
  }
}

static void
run_recurrent (NnOnnxCall *call)
{
  Layer self = { 0 };
  if (!read_layer (&self, call))
    return;
  const NnOnnxType *type = call->inputs[0]->type;
  gsize first = self.batch_first ? self.batch : self.directions,
        second = self.batch_first ? self.directions : self.batch;
  const gsize state[] = { first, second, self.hidden };
  const gsize along[] = { self.steps, self.directions, self.batch, self.hidden };
  const gsize by_batch[] = { self.batch, self.steps, self.directions, self.hidden };
  const double *h0 = take (call, 5, 3, first, second, self.hidden);
  const double *c0 = self.kind == &lstm ? take (call, 6, 3, first, second, self.hidden) : NULL;
  NnOnnxValue *y = nn_onnx_has_output (call, 0)
                       ? nn_onnx_output (call, 0, type, 4, self.batch_first ? by_batch : along)
                       : NULL;
  NnOnnxValue *y_h = nn_onnx_has_output (call, 1) ? nn_onnx_output (call, 1, type, 3, state) : NULL;
  NnOnnxValue *y_c = nn_onnx_has_output (call, 2) ? nn_onnx_output (call, 2, type, 3, state) : NULL;
  gsize rows = self.kind->gates * self.hidden * self.directions;
  if (!nn_onnx_work (call, MAX (self.steps, 1) * MAX (self.batch, 1), 1)
      || !nn_onnx_work (call, self.steps * self.batch, rows * (self.inputs + 2 * self.hidden + 1)))
    return;
  for (guint i = 0; i < self.directions && call->error == NULL; i++) {
    choose_direction (&self, call, i);
    if (call->error == NULL)
      run_direction (&self, call, h0, c0, y, y_h, y_c);
  }
}

const NnOnnxOperator nn_onnx_recurrent_operators[] = {
  { "GRU", 3, 3, 6, 2, run_recurrent, &gru },
  { "LSTM", 1, 3, 8, 3, run_recurrent, &lstm },
  { "RNN", 1, 3, 6, 2, run_recurrent, &rnn },
  { NULL },
};
