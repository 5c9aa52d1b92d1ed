/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/benchmark-peak.h"

#include "cl/commands.h"
#include "ops/op-check.h"
#include "tensor/tensor.h"
#include "train/benchmark-private.h"

#define REPEATS 8
#define LEAST_MS 4.0 /* of one run: so long that launching it doesn't matter */
/* Of the best: so many runs, and so long that whatever else the machine does has its pauses. */
#define RUNS 12
#define RUNS_US 400000
#define STREAM_BYTES (128 << 20) /* of each of two arrays */
#define RUN 4096                 /* vectors that an item takes on a CPU */
#define MOST_ITERATIONS (1u << 24)

typedef struct {
  guint vector, chains, run;
  gsize items, local;
  char *options;
} Shape;

/* A CPU's registers hold 10 sums, a, b and more; a GPU hides the rest behind its many items. */
static Shape
choose_shape (NnContext *context)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  gboolean cpu = nn_context_is_cpu (context);
  Shape shape = { .vector = 4, .chains = 8, .run = 1, .local = MIN (256, limits->max_work_group) };
  shape.items = (gsize) limits->compute_units * 8 * shape.local;
  if (cpu)
    shape = (Shape){ .vector = limits->float_vector >= 16 ? 16 : limits->float_vector >= 8 ? 8 : 4,
                     .chains = 10, .run = RUN, .local = 1, .items = (gsize) limits->compute_units * 8 };
  shape.options = g_strdup_printf ("-D V=%u -D CHAINS=%u -D REPEATS=%d -D RUN=%u", shape.vector, shape.chains, REPEATS,
                                   shape.run);
  return shape;
}

/* Milliseconds of the fastest of at least so many runs, which take at least so many microseconds. */
static gboolean
time_best (NnContext *context, NnCommands *commands, guint runs, gint64 us, double *best, GError **error)
{
  gint64 first = g_get_monotonic_time (), now = first;
  *best = G_MAXDOUBLE;
  for (guint i = 0; i < runs || now - first < us; i++) {
    gint64 start = now;
    if (!nn_commands_run (commands, NULL, error) || !nn_context_finish (context, error))
      return FALSE;
    now = g_get_monotonic_time ();
    *best = MIN (*best, (double) MAX (now - start, 1) * 1e-3);
  }
  return TRUE;
}

static NnCommands *
record_multiply_add (NnContext *context, const Shape *shape, NnTensor *result, guint n, GError **error)
{
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLaunch launch = { .file = "peak.cl", .kernel = "peak_multiply_add", .options = shape->options, .dims = 1,
                      .global = { shape->items }, .local = { shape->local } };
  if (!nn_commands_launch (commands, &launch,
                           NN_ARGS (NN_UINT (n), NN_FLOAT (0.999), NN_FLOAT (0.001), NN_TENSOR (result)), error))
    return NULL;
  return g_steal_pointer (&commands);
}

static gboolean
measure_multiply_add (NnContext *context, const Shape *shape, double *gflops, GError **error)
{
  g_autoptr (NnTensor) result = nn_tensor_new (context, NN_DTYPE_FLOAT32, shape->items * shape->vector, error);
  guint loop_limit = nn_context_get_limits (context)->loop_limit;
  guint most = loop_limit > 0 ? loop_limit / (2 * REPEATS) : MOST_ITERATIONS, n = MIN (64, most);
  for (double ms = 0; result != NULL; n = MIN (2 * n, most)) {
    g_autoptr (NnCommands) commands = record_multiply_add (context, shape, result, n, error);
    if (commands == NULL || !time_best (context, commands, 2, 0, &ms, error))
      return FALSE;
    if (ms < LEAST_MS && n < most)
      continue;
    if (!time_best (context, commands, RUNS, RUNS_US, &ms, error))
      return FALSE;
    *gflops = 2.0 * n * REPEATS * shape->chains * shape->vector * (double) shape->items / ms * 1e-6;
    return TRUE;
  }
  return FALSE;
}

static gboolean
measure_stream (NnContext *context, const Shape *shape, double *gbytes_per_s, GError **error)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  gsize unit = shape->local * shape->run * shape->vector * sizeof (float); /* of a work-group */
  guint64 bytes = MIN (MIN (STREAM_BYTES, limits->max_alloc), limits->memory / 8) / unit * unit;
  g_autoptr (NnTensor) from = nn_tensor_new (context, NN_DTYPE_FLOAT32, bytes / sizeof (float), error);
  g_autoptr (NnTensor) to = from ? nn_tensor_new (context, NN_DTYPE_FLOAT32, bytes / sizeof (float), error) : NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLaunch launch = { .file = "peak.cl", .kernel = "peak_stream", .options = shape->options, .dims = 1,
                      .global = { bytes / unit * shape->local }, .local = { shape->local } };
  double ms = 0;
  if (to == NULL || !nn_buffer_zero (from->buffer, error)
      || !nn_commands_launch (commands, &launch, NN_ARGS (NN_FLOAT (1.5), NN_TENSOR (from), NN_TENSOR (to)), error)
      || !time_best (context, commands, RUNS, RUNS_US, &ms, error))
    return FALSE;
  *gbytes_per_s = 2.0 * (double) bytes / ms * 1e-6;
  return TRUE;
}

gboolean
nn_benchmark_peak (NnContext *context, NnPeak *peak, GError **error)
{
  Shape shape = choose_shape (context);
  gboolean ok = measure_multiply_add (context, &shape, &peak->gflops, error)
                && measure_stream (context, &shape, &peak->gbytes_per_s, error);
  g_free (shape.options);
  return ok;
}

/* Where the presets spend their time, with their own batches; and one product that is large and square. */
static const struct {
  NnOpCase op_case;
  gboolean is_first; /* layer of its net */
} shapes[] = {
  { { "dense", "{\"units\":1024,\"bias\":false}", { { 1, { 1024 } } }, 1024, FALSE }, FALSE },
  { { "dense", "{\"units\":512,\"activation\":\"relu\"}", { { 1, { 784 } } }, 128, FALSE }, TRUE },
  { { "dense", "{\"units\":128,\"activation\":\"relu\"}", { { 1, { 3136 } } }, 128, FALSE }, FALSE },
  { { "dense", "{\"units\":10}", { { 1, { 512 } } }, 128, FALSE }, FALSE },
  { { "conv2d", "{\"filters\":32,\"activation\":\"relu\"}", { { 3, { 28, 28, 1 } } }, 128, FALSE }, TRUE },
  { { "conv2d", "{\"filters\":64,\"activation\":\"relu\"}", { { 3, { 14, 14, 32 } } }, 128, FALSE }, FALSE },
  { { "conv2d", "{\"filters\":32,\"activation\":\"relu\"}", { { 3, { 64, 64, 3 } } }, 32, FALSE }, TRUE },
  { { "conv2d", "{\"filters\":64,\"activation\":\"relu\"}", { { 3, { 32, 32, 32 } } }, 32, FALSE }, FALSE },
  { { "conv2d", "{\"filters\":128,\"activation\":\"relu\"}", { { 3, { 16, 16, 64 } } }, 32, FALSE }, FALSE },
  { { "conv2d", "{\"filters\":128,\"activation\":\"relu\"}", { { 3, { 8, 8, 128 } } }, 32, FALSE }, FALSE },
  { { "lstm", "{\"units\":128}", { { 3, { 28, 28, 1 } } }, 128, FALSE }, TRUE },
};

static void
clear_time (gpointer time)
{
  g_free (((NnKernelTime *) time)->name);
}

GArray *
nn_benchmark_kernels (NnContext *context, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                      GError **error)
{
  const NnMeasuring how = { 0, cancellable, progress, data };
  g_autoptr (GArray) times = g_array_new (FALSE, TRUE, sizeof (NnKernelTime));
  g_array_set_clear_func (times, clear_time);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const NnOpCase *row = &shapes[i].op_case;
    NnOpTime measured;
    if (!nn_measuring_go_on (&how, (double) i / G_N_ELEMENTS (shapes), error)
        || !nn_op_time (context, row, shapes[i].is_first, &measured, error))
      return NULL;
    double back = shapes[i].is_first ? 1 : 2; /* a pass for the weights, a pass for the input */
    NnKernelTime time = { nn_op_case_name (row), measured.forward_ms, measured.backward_ms,
                          measured.flops / measured.forward_ms * 1e-6, back * measured.flops / measured.backward_ms * 1e-6 };
    g_array_append_val (times, time);
  }
  return g_steal_pointer (&times);
}
