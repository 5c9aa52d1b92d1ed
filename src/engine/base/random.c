/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include <math.h>

void
nn_random_init (NnRandom *self, guint64 seed, guint64 stream)
{
  self->state = 0;
  self->stream = (stream << 1) | 1;
  nn_random_uint32 (self);
  self->state += seed;
  nn_random_uint32 (self);
}

guint32
nn_random_uint32 (NnRandom *self)
{
  guint64 old = self->state;
  self->state = old * G_GUINT64_CONSTANT (6364136223846793005) + self->stream;
  guint32 xorshifted = (guint32) (((old >> 18) ^ old) >> 27);
  guint32 rotation = (guint32) (old >> 59);
  return (xorshifted >> rotation) | (xorshifted << ((-rotation) & 31));
}

guint32
nn_random_below (NnRandom *self, guint32 bound)
{
  g_return_val_if_fail (bound > 0, 0);
  guint32 threshold = -bound % bound;
  for (;;) {
    guint32 r = nn_random_uint32 (self);
    if (r >= threshold)
      return r % bound;
  }
}

float
nn_random_uniform (NnRandom *self)
{
  return (float) (nn_random_uint32 (self) >> 8) * 0x1p-24f;
}

guint32
nn_random_word (guint32 seed, guint32 step, guint32 index)
{
  guint32 x = seed * 1664525u + 1013904223u, y = step * 1664525u + 1013904223u, z = index * 1664525u + 1013904223u;
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >> 16;
  y ^= y >> 16;
  z ^= z >> 16;
  x += y * z;
  y += z * x;
  z += x * y;
  return x ^ z;
}

float
nn_random_normal (NnRandom *self)
{
  float u = ((float) (nn_random_uint32 (self) >> 8) + 1.0f) * 0x1p-24f;
  float v = nn_random_uniform (self);
  return sqrtf (-2.0f * logf (u)) * cosf (2.0f * (float) G_PI * v);
}

void
nn_random_shuffle (NnRandom *self, guint32 *values, gsize n)
{
  for (gsize i = n; i > 1; i--) {
    gsize j = nn_random_below (self, (guint32) i);
    guint32 t = values[i - 1];
    values[i - 1] = values[j];
    values[j] = t;
  }
}
