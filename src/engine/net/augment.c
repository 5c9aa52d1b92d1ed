/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/augment.h"

#include <math.h>

static const NnAugment presets[] = {
  NN_AUGMENT_IDENTITY,
  {
      /* Written with a mouse or a finger: any size, slant and thickness, roughly in the middle. No mirror image.
       * Twice the shear, elasticity and thickness cost 0.1 % on MNIST and gained nothing on drawn strokes. */
      .name = "digits",
      .border = NN_BORDER_ZERO,
      .shift_x = { -0.06f, 0.06f },
      .shift_y = { -0.06f, 0.06f },
      .rotate = { -10, 10 },
      .scale = { 0.85f, 1.12f },
      .stretch = { 0.89f, 1.12f },
      .shear = { -0.15f, 0.15f },
      .elastic = { 0, 0.04f },
      .thickness = { -0.3f, 0.4f },
      .gain = { 0.9f, 1.1f },
      .contrast = { 1, 1 },
      .saturation = { 1, 1 },
  },
  {
      /* Pictures are stored an eighth larger than the network's input, so that a scale of 8/9 shows what validation and
       * prediction see, the whole picture: crops zoom in by up to a quarter from there. */
      .name = "photos",
      .border = NN_BORDER_REFLECT,
      .margin = 0.125f,
      .rotate = { -8, 8 },
      .scale = { 0.85f, 1.1f },
      .stretch = { 0.92f, 1.09f },
      .flip = 0.5f,
      .gain = { 1, 1 },
      .contrast = { 0.8f, 1.25f },
      .brightness = { -0.1f, 0.1f },
      .saturation = { 0.7f, 1.3f },
  },
};

static const char *const names[] = { "none", "digits", "photos", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (names) == G_N_ELEMENTS (presets) + 1);

const NnAugment *
nn_augment_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_str_equal (presets[i].name, name))
      return &presets[i];
  return NULL;
}

const char *const *
nn_augment_names (void)
{
  return names;
}

static gboolean
range_is (NnRange range, float value)
{
  return range.min == value && range.max == value;
}

gboolean
nn_augment_is_identity (const NnAugment *self)
{
  if (self == NULL)
    return TRUE;
  return self->margin == 0 && self->flip == 0 && range_is (self->shift_x, 0) && range_is (self->shift_y, 0)
         && range_is (self->rotate, 0) && range_is (self->scale, 1) && range_is (self->stretch, 1)
         && range_is (self->shear, 0) && range_is (self->elastic, 0) && range_is (self->thickness, 0)
         && range_is (self->gain, 1) && range_is (self->contrast, 1) && range_is (self->brightness, 0)
         && range_is (self->saturation, 1);
}

NnShape
nn_augment_stored_shape (const NnAugment *self, const NnShape *input)
{
  g_return_val_if_fail (input != NULL && input->rank == 3, *input);

  NnShape stored = *input;
  if (self != NULL && self->margin > 0)
    for (guint i = 0; i < 2; i++)
      stored.dims[i] += (guint) lroundf ((float) input->dims[i] * self->margin);
  return stored;
}

void
nn_augment_get_ranges (const NnAugment *self, const NnShape *input, NnRange ranges[NN_AUGMENT_RANGES])
{
  const float width = (float) input->dims[1], height = (float) input->dims[0];
  const float radians = (float) (G_PI / 180);
  const NnRange all[NN_AUGMENT_RANGES] = {
    { self->shift_x.min * width, self->shift_x.max * width },
    { self->shift_y.min * height, self->shift_y.max * height },
    { self->rotate.min * radians, self->rotate.max * radians },
    self->scale,
    self->stretch,
    self->shear,
    { self->flip - 1, self->flip },
    { self->elastic.min * width, self->elastic.max * width },
    self->thickness,
    self->gain,
    self->contrast,
    self->brightness,
    self->saturation,
  };

  for (guint i = 0; i < NN_AUGMENT_RANGES; i++)
    ranges[i] = all[i];
}
