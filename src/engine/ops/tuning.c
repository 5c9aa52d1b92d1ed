/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/tuning.h"

#include <string.h>

/**
 * Family: devices that take the same parameters
 * @vendors: parts of names of vendors; none: of every device that is left
 * @float_vector: of a CPU: floats of its own vectors at least; 0: no CPU
 * @cpu: the first is the rule's for a wide result; those after it, as far as they are as wide, may be tried
 * @cpu_wide: the rule's for a result that fills three vectors; none where @rows is 0
 * @dot_side: see nn_cpu_dot_side()
 * @gpu: the first that the device allows is the rule's; those after it may be tried
 */
typedef struct {
  const char *name, *vendors[2];
  guint float_vector;
  NnCpuTile cpu[NN_MAX_WAYS];
  NnCpuTile cpu_wide;
  guint dot_side;
  NnGpuTile gpu[NN_MAX_WAYS];
} Family;

/* CPUs: measured with PoCL 3.1 on Zen 4 (AVX-512, 32 registers) and Zen 3 (AVX2, 16 registers); by count of registers
 * for vectors of 4. With AVX2 three vectors by four rows take a load less for twelve products: a tenth faster.
 * GPUs: no rule was measured on more than one; the order of what is tried is by how much a thread can hold. */
static const Family families[] = {
  { .name = "cpu16", .float_vector = 16, .cpu = { { 16, 2, 6, 8 }, { 16, 2, 8, 8 }, { 8, 4, 6, 6 } }, .dot_side = 4 },
  { .name = "cpu8", .float_vector = 8, .cpu = { { 8, 2, 6, 6 }, { 8, 3, 4, 4 } }, .cpu_wide = { 8, 3, 4, 4 }, .dot_side = 3 },
  { .name = "cpu4", .float_vector = 1, .cpu = { { 4, 2, 6, 6 }, { 4, 3, 4, 4 } }, .cpu_wide = { 4, 3, 4, 4 }, .dot_side = 3 },
  { .name = "nvidia", .vendors = { "NVIDIA" }, .gpu = { { 16, 4, 16 }, { 16, 8, 8 }, { 8, 4, 16 }, { 8, 8, 16 }, { 16, 2, 16 } } },
  { .name = "amd", .vendors = { "Advanced Micro Devices", "AMD" },
    .gpu = { { 16, 4, 16 }, { 8, 4, 16 }, { 8, 8, 16 }, { 16, 8, 8 }, { 16, 2, 16 } } },
  { .name = "intel", .vendors = { "Intel" }, .gpu = { { 16, 4, 16 }, { 8, 4, 16 }, { 16, 2, 16 }, { 8, 8, 8 } } },
  { .name = "other", .gpu = { { 16, 4, 16 }, { 8, 4, 16 }, { 16, 2, 16 }, { 8, 8, 8 } } },
};

static gboolean
is_made_by (const Family *family, const char *vendor)
{
  gboolean any = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (family->vendors); i++)
    any |= vendor != NULL && family->vendors[i] != NULL && strstr (vendor, family->vendors[i]) != NULL;
  return any;
}

/* PERCEPTRON_TUNE_FAMILY names another family, so that tests reach the ways of devices that aren't there. */
static const Family *
family_of (NnContext *context)
{
  gboolean is_cpu = nn_context_is_cpu (context);
  const char *vendor = nn_device_get_vendor (nn_context_get_device (context)), *forced = g_getenv ("PERCEPTRON_TUNE_FAMILY");
  guint vector = nn_context_get_limits (context)->float_vector, i = 0;
  for (guint f = 0; forced != NULL && f < G_N_ELEMENTS (families); f++)
    if (strcmp (families[f].name, forced) == 0 && (families[f].float_vector > 0) == is_cpu)
      return &families[f];
  for (; i + 1 < G_N_ELEMENTS (families); i++) {
    const Family *family = &families[i];
    if (is_cpu ? family->float_vector > 0 && vector >= family->float_vector : is_made_by (family, vendor))
      break;
  }
  return &families[i];
}

/* Where a vector would be half empty, those of the next family are taken. */
static const Family *
family_for (NnContext *context, guint columns)
{
  const Family *family = family_of (context);
  while (family->cpu[0].vector >= 2 * columns && family[1].float_vector > 0)
    family++;
  return family;
}

static void
apply_rule (const Family *family, guint columns, NnCpuTile *tile)
{
  const NnCpuTile *wide = &family->cpu_wide;
  *tile = family->cpu[0];
  if (columns <= tile->vector)
    tile->vectors = 1;
  /* Unless the last panel is half empty. */
  guint width = nn_cpu_tile_width (wide);
  if (wide->rows > 0 && columns > nn_cpu_tile_width (tile) && CEIL_DIV (columns, width) * width - columns <= columns / 16)
    *tile = *wide;
}

void
nn_cpu_tile_for (NnContext *context, guint columns, NnCpuTile *tile)
{
  apply_rule (family_for (context, columns), columns, tile);
}

guint
nn_cpu_tile_list (NnContext *context, guint columns, NnCpuTile tiles[NN_MAX_WAYS])
{
  const Family *family = family_for (context, columns);
  guint n = 1;
  apply_rule (family, columns, &tiles[0]);
  for (guint i = 0; i < NN_MAX_WAYS && n < NN_MAX_WAYS && family->cpu[i].rows > 0; i++) {
    const NnCpuTile *tile = &family->cpu[i];
    gboolean is_rule = tile->vectors == tiles[0].vectors && tile->vector == tiles[0].vector && tile->rows == tiles[0].rows;
    /* No column of vectors may be empty. */
    if (!is_rule && columns > tile->vector * (tile->vectors - 1))
      tiles[n++] = *tile;
  }
  return n;
}

guint
nn_cpu_tile_width (const NnCpuTile *tile)
{
  return tile->vector * tile->vectors;
}

guint
nn_cpu_dot_side (NnContext *context)
{
  return family_of (context)->dot_side;
}

guint
nn_gpu_tile_list (NnContext *context, NnGpuTile tiles[NN_MAX_WAYS])
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  const Family *family = family_of (context);
  guint n = 0;
  for (guint i = 0; i < NN_MAX_WAYS && family->gpu[i].group > 0; i++) {
    const NnGpuTile *tile = &family->gpu[i];
    /* Two factors, a float more a row. */
    gsize local = 2 * tile->depth * (nn_gpu_tile_width (tile) + 1) * sizeof (float);
    if ((gsize) tile->group * tile->group <= limits->max_work_group && local <= limits->local_memory)
      tiles[n++] = *tile;
  }
  return n;
}

guint
nn_gpu_tile_width (const NnGpuTile *tile)
{
  return tile->group * tile->item;
}

gboolean
nn_ways_add (NnWays *self, const char *name)
{
  if (self->n == NN_MAX_WAYS)
    return FALSE;
  g_strlcpy (self->names[self->n++], name, NN_CHOICE_NAME);
  return TRUE;
}

static gboolean
add_tile (NnWays *self, const char *kind, guint a, guint b, guint c)
{
  char name[NN_CHOICE_NAME];
  g_snprintf (name, sizeof name, "%s %ux%ux%u", kind, a, b, c);
  return nn_ways_add (self, name);
}

gboolean
nn_ways_add_cpu (NnWays *self, const char *kind, const NnCpuTile *tile)
{
  return add_tile (self, kind, tile->rows, tile->vectors, tile->vector);
}

gboolean
nn_ways_add_gpu (NnWays *self, const char *kind, const NnGpuTile *tile)
{
  return add_tile (self, kind, tile->group, tile->item, tile->depth);
}

guint
nn_ways_choose (const NnWays *self, NnContext *context, const char *key)
{
  return self->n < 2 ? 0 : nn_choices_ask (nn_context_get_choices (context), key, self->names, self->n);
}
