/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the kernels for CPUs does a pass of a convolution, and with which tile. */
#include "ops/conv.h"

/* The ways to do a pass, the rule's first. */
typedef struct {
  NnConvWay list[NN_MAX_WAYS];
  NnWays ways;
} Choice;

static const char *const pass_names[] = { "forward", "weights", "input" };

char *
nn_conv_key (const NnConvGeometry *g, guint batch, NnConvPass pass)
{
  return g_strdup_printf ("conv %dx%dx%d %dx%dx%d kernel %dx%d stride %dx%d groups %d batch %u %s", g->in[0], g->in[1],
                          g->groups * g->group_in, g->out[0], g->out[1], g->groups * g->group_out, g->kernel[0], g->kernel[1],
                          g->stride[0], g->stride[1], g->groups, batch, pass_names[pass]);
}

/* Columns of the result of a pass of the direct kernels. */
static guint
columns_of (const NnConvGeometry *g, NnConvPass pass)
{
  return (guint) (pass == NN_CONV_INPUT ? g->group_in : g->group_out);
}

/* Whether the direct kernels can do all three passes with the tiles of the rule. */
static gboolean
direct_suits (NnContext *ctx, const NnConvGeometry *g, guint batch)
{
  for (NnConvPass pass = NN_CONV_FORWARD; pass <= NN_CONV_INPUT; pass++) {
    NnCpuTile tile;
    nn_cpu_tile_for (ctx, columns_of (g, pass), &tile);
    if (!nn_conv_cpu_suits (ctx, g, batch, pass, &tile))
      return FALSE;
  }
  return TRUE;
}

static void
add (Choice *choice, gboolean winograd, const NnCpuTile *tile)
{
  guint at = choice->ways.n;
  if (nn_ways_add_cpu (&choice->ways, winograd ? "winograd" : "direct", tile))
    choice->list[at] = (NnConvWay){ .winograd = winograd, .tile = *tile };
}

static void
add_winograd (Choice *choice, NnContext *ctx, const NnConvGeometry *g, guint batch, NnConvPass pass, guint most)
{
  NnCpuTile tiles[NN_MAX_WAYS];
  guint n = nn_cpu_tile_list (ctx, nn_conv_winograd_columns (g), tiles);
  for (guint i = 0; i < MIN (n, most); i++)
    if (nn_conv_winograd_suits (ctx, g, batch, pass, &tiles[i]))
      add (choice, TRUE, &tiles[i]);
}

static void
add_direct (Choice *choice, NnContext *ctx, const NnConvGeometry *g, guint batch, NnConvPass pass, guint most)
{
  NnCpuTile tiles[NN_MAX_WAYS];
  guint n = nn_cpu_tile_list (ctx, columns_of (g, pass), tiles);
  for (guint i = 0; i < MIN (n, most); i++)
    if (nn_conv_cpu_suits (ctx, g, batch, pass, &tiles[i]))
      add (choice, FALSE, &tiles[i]);
}

gboolean
nn_conv_choose (NnContext *ctx, const NnConvGeometry *g, guint batch, NnConvPass pass, NnConvWay *way)
{
  Choice choice = { .ways = { .n = 0 } };
  gboolean direct = direct_suits (ctx, g, batch);
  if (nn_conv_winograd_pays (ctx, g, batch)) {
    add_winograd (&choice, ctx, g, batch, pass, NN_MAX_WAYS);
    if (direct)
      add_direct (&choice, ctx, g, batch, pass, 1);
  } else if (direct) {
    add_direct (&choice, ctx, g, batch, pass, NN_MAX_WAYS);
    add_winograd (&choice, ctx, g, batch, pass, 1);
  }
  if (choice.ways.n == 0)
    return FALSE;
  g_autofree char *key = nn_conv_key (g, batch, pass);
  *way = choice.list[nn_ways_choose (&choice.ways, ctx, key)];
  return TRUE;
}
