/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/column-sum.h"

#include "ops/tuning.h"

/* Rows that one work-item adds up at least; fewer are not worth a second launch. */
#define MIN_SLICE 256
/* Slices at most, so that the second launch stays short. */
#define MAX_SLICES 64
/* Vectors that a work-item of a CPU has side by side: whole lines of the cache. */
#define CPU_VECTORS 4

static guint
item_columns (NnContext *context, guint *vector, guint *vectors)
{
  NnCpuTile tile;
  *vector = *vectors = 1;
  if (nn_context_is_cpu (context)) {
    nn_cpu_tile_for (context, G_MAXUINT / 2, &tile);
    *vector = tile.vector;
    *vectors = CPU_VECTORS;
  }
  return *vector * *vectors;
}

static guint
count_slices (gsize rows)
{
  return (guint) CLAMP (rows / MIN_SLICE, 1, MAX_SLICES);
}

gsize
nn_column_sum_scratch (NnContext *context, gsize rows, guint columns)
{
  guint slices = count_slices (rows);
  return slices == 1 ? 0 : (gsize) slices * columns;
}

static gboolean
record (const NnOpArgs *args, const NnColumnSum *sum, NnTensor *x, gsize x0, guint stride, gsize rows, NnTensor *out,
        gsize out0, guint slices, GError **error)
{
  guint vector, vectors, width = item_columns (args->ctx, &vector, &vectors);
  g_autofree char *options = g_strdup_printf ("-D VW=%u -D NV=%u", vector, vectors);
  NnLaunch launch = { .file = "column-sum.cl",
                      .kernel = "column_sum",
                      .options = options,
                      .dims = 2,
                      .global = { CEIL_DIV (sum->columns, width), slices },
                      .local = { 1, 1 },
                      .label = args->node != NULL ? args->node->name : NULL };
  if (!nn_context_is_cpu (args->ctx))
    nn_commands_linear (args->ctx, sum->columns, &launch.global[0], &launch.local[0]);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (rows), NN_UINT (sum->columns), NN_TENSOR (x), NN_UINT (x0),
                                      NN_UINT (stride), NN_TENSOR (out), NN_UINT (out0),
                                      NN_UINT (CEIL_DIV (rows, slices))),
                             error);
}

gboolean
nn_column_sum_record (const NnOpArgs *args, const NnColumnSum *sum, GError **error)
{
  guint stride = sum->stride > 0 ? sum->stride : sum->columns, slices = count_slices (sum->rows);
  if (slices == 1)
    return record (args, sum, sum->x, sum->offset, stride, sum->rows, sum->out, 0, 1, error);
  g_return_val_if_fail (sum->scratch != NULL, FALSE);
  return record (args, sum, sum->x, sum->offset, stride, sum->rows, sum->scratch, sum->scratch_offset, slices, error) &&
         record (args, sum, sum->scratch, sum->scratch_offset, sum->columns, slices, sum->out, 0, 1, error);
}
