/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches put together on the device: equal to the host without augmentation, and with it as each setting promises. */
#include "gather-fixture.h"

#include "net/batch.h"

#include <math.h>
#include <string.h>

static float
x_at (const Fixture *self, guint slot, guint row, guint column, guint c)
{
  const NnShape *in = &self->gather.input;
  return self->x[((gsize) slot * in->dims[0] + row) * in->dims[1] * in->dims[2] + column * in->dims[2] + c];
}

/* A stored pixel, 0 to 1. */
static float
p_at (const Fixture *self, guint sample, int row, int column, guint c)
{
  const NnShape *s = &self->gather.stored;
  return (float) self->pixels[(((gsize) sample * s->dims[0] + row) * s->dims[1] + column) * s->dims[2] + c] / 255;
}

static void
test_plain (void)
{
  const struct {
    NnShape stored, input;
  } shapes[] = {
    { NN_SHAPE (28, 28, 1), NN_SHAPE (28, 28, 1) }, { NN_SHAPE (5, 3, 1), NN_SHAPE (5, 3, 1) },
    { NN_SHAPE (1, 1, 1), NN_SHAPE (1, 1, 1) },     { NN_SHAPE (10, 11, 3), NN_SHAPE (7, 9, 3) },
    { NN_SHAPE (9, 9, 3), NN_SHAPE (9, 9, 3) },     { NN_SHAPE (6, 40, 4), NN_SHAPE (6, 33, 4) },
  };
  for (gsize k = 0; k < G_N_ELEMENTS (shapes); k++) {
    g_auto (Fixture) f;
    fixture_init (&f, shapes[k].stored, shapes[k].input, 8);
    const float mean[] = { 0.1307f, 0.5f, 0.25f, 0.75f }, deviation[] = { 0.3081f, 0.2f, 0.3f, 0.4f };
    memcpy (f.preprocess.mean, mean, sizeof mean);
    memcpy (f.preprocess.deviation, deviation, sizeof deviation);
    f.step[2] = 2;
    run (&f);

    const gsize in = nn_shape_size (&shapes[k].input), stored = nn_shape_size (&shapes[k].stored);
    g_autofree float *wanted = g_new (float, in);
    for (guint slot = 0; slot < 8; slot++) {
      nn_gather_ref (&shapes[k].stored, &shapes[k].input, &f.preprocess, f.pixels + (16 + slot) * stored, wanted);
      g_assert_cmpmem (f.x + slot * in, in * sizeof (float), wanted, in * sizeof (float));
      g_assert_cmpint (f.labels_out[slot], ==, 116 + (gint) slot);
    }
    g_assert_cmpfloat_with_epsilon (f.x[0],
                                    (p_at (&f, 16, (int) (shapes[k].stored.dims[0] - shapes[k].input.dims[0]) / 2,
                                           (int) (shapes[k].stored.dims[1] - shapes[k].input.dims[1]) / 2, 0)
                                     - mean[0])
                                        / deviation[0],
                                    1e-5);
  }
}

static void
test_padding (void)
{
  const gint32 order[] = { 3, -1, SAMPLES, 0, 7 }; /* and the batch is longer than that */
  const gint32 labels[] = { 103, -1, -1, 100, 107, -1, -1 };
  NnAugment augment = NN_AUGMENT_IDENTITY;
  augment.thickness = (NnRange){ 0, 1e-20f };

  for (guint varied = 0; varied < 2; varied++) {
    g_auto (Fixture) f;
    fixture_init (&f, NN_SHAPE (4, 5, 1), NN_SHAPE (4, 5, 1), G_N_ELEMENTS (labels));
    f.preprocess.mean[0] = 0.5f;
    f.gather.augment = varied ? &augment : NULL;
    nn_tensor_unref (f.gather.order);
    f.gather.order = upload (NN_DTYPE_INT32, G_N_ELEMENTS (order), order);
    run (&f);
    for (guint slot = 0; slot < G_N_ELEMENTS (labels); slot++) {
      g_assert_cmpint (f.labels_out[slot], ==, labels[slot]);
      for (guint i = 0; labels[slot] < 0 && i < 20; i++)
        g_assert_cmpfloat (f.x[slot * 20 + i], ==, 0);
    }
    g_assert_cmpfloat (f.x[0], !=, 0);
  }
}

/* Runs @augment and compares each pixel with @expected (which may look beyond the edge). */
typedef float (*Expected) (const Fixture *f, guint sample, int row, int column, guint c);

static void
check_augment (const NnAugment *augment, NnShape shape, Expected expected)
{
  g_auto (Fixture) f;
  fixture_init (&f, shape, shape, 9);
  f.gather.augment = augment;
  run (&f);
  for (guint slot = 0; slot < 9; slot++)
    for (guint row = 0; row < shape.dims[0]; row++)
      for (guint column = 0; column < shape.dims[1]; column++)
        for (guint c = 0; c < shape.dims[2]; c++)
          g_assert_cmpfloat_with_epsilon (x_at (&f, slot, row, column, c),
                                          expected (&f, slot, (int) row, (int) column, c), 2e-5);
}

static float
expect_same (const Fixture *f, guint sample, int row, int column, guint c)
{
  return p_at (f, sample, row, column, c);
}

static float
expect_mirror (const Fixture *f, guint sample, int row, int column, guint c)
{
  return p_at (f, sample, row, (int) f->gather.stored.dims[1] - 1 - column, c);
}

static float
expect_shift (const Fixture *f, guint sample, int row, int column, guint c)
{
  const int y = row + 3, x = column - 2;
  const gboolean inside = y < (int) f->gather.stored.dims[0] && x >= 0;
  return inside ? p_at (f, sample, y, x, c) : 0;
}

static float
expect_reflected_shift (const Fixture *f, guint sample, int row, int column, guint c)
{
  const int height = (int) f->gather.stored.dims[0], y = row + 3, x = column - 2;
  return p_at (f, sample, y < height ? y : 2 * height - 1 - y, x >= 0 ? x : -1 - x, c);
}

/* A quarter turn to the right: what was at the left is at the top. */
static float
expect_turn (const Fixture *f, guint sample, int row, int column, guint c)
{
  return p_at (f, sample, (int) f->gather.stored.dims[0] - 1 - column, row, c);
}

/* A shear of 1: the row above the middle moves one to the right, the one below one to the left. */
static float
expect_shear (const Fixture *f, guint sample, int row, int column, guint c)
{
  const int x = column + row - (int) f->gather.stored.dims[0] / 2;
  return x >= 0 && x < (int) f->gather.stored.dims[1] ? p_at (f, sample, row, x, c) : 0;
}

static float
expect_extreme (const Fixture *f, guint sample, int row, int column, guint c, gboolean largest)
{
  const int dy[] = { 0, -1, 1, 0, 0 }, dx[] = { 0, 0, 0, -1, 1 };
  float best = p_at (f, sample, row, column, c);
  for (guint k = 1; k < 5; k++) {
    const int y = row + dy[k], x = column + dx[k];
    if (y < 0 || x < 0 || y >= (int) f->gather.stored.dims[0] || x >= (int) f->gather.stored.dims[1])
      continue;
    const float value = p_at (f, sample, y, x, c);
    best = largest ? MAX (best, value) : MIN (best, value);
  }
  return best;
}

static float
expect_thick (const Fixture *f, guint sample, int row, int column, guint c)
{
  return expect_extreme (f, sample, row, column, c, TRUE);
}

static float
expect_thin (const Fixture *f, guint sample, int row, int column, guint c)
{
  return expect_extreme (f, sample, row, column, c, FALSE);
}

static float
expect_tone (const Fixture *f, guint sample, int row, int column, guint c)
{
  return CLAMP ((p_at (f, sample, row, column, c) * 0.5f - 0.5f) * 2 + 0.5f + 0.25f, 0, 1);
}

static float
expect_grey (const Fixture *f, guint sample, int row, int column, guint c)
{
  return 0.299f * p_at (f, sample, row, column, 0) + 0.587f * p_at (f, sample, row, column, 1)
         + 0.114f * p_at (f, sample, row, column, 2);
}

static void
test_geometry (void)
{
  const NnShape digit = NN_SHAPE (28, 28, 1), odd = NN_SHAPE (13, 7, 3);
  NnAugment a = NN_AUGMENT_IDENTITY;
  a.shift_x = (NnRange){ 0, 1e-20f }; /* nothing, but by way of the augmented kernel */
  g_assert_false (nn_augment_is_identity (&a));
  check_augment (&a, digit, expect_same);
  check_augment (&a, odd, expect_same);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.flip = 1;
  check_augment (&a, digit, expect_mirror);
  check_augment (&a, odd, expect_mirror);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.shift_x = (NnRange){ 2.0f / 28, 2.0f / 28 };
  a.shift_y = (NnRange){ -3.0f / 28, -3.0f / 28 };
  check_augment (&a, digit, expect_shift);
  a.border = NN_BORDER_REFLECT;
  check_augment (&a, digit, expect_reflected_shift);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.rotate = (NnRange){ 90, 90 };
  check_augment (&a, NN_SHAPE (9, 9, 1), expect_turn);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.shear = (NnRange){ 1, 1 };
  check_augment (&a, NN_SHAPE (3, 9, 1), expect_shear);
}

static void
test_tone (void)
{
  const NnShape digit = NN_SHAPE (28, 28, 1), odd = NN_SHAPE (13, 7, 3);
  NnAugment a = NN_AUGMENT_IDENTITY;

  a.thickness = (NnRange){ 1, 1 };
  check_augment (&a, digit, expect_thick);
  check_augment (&a, odd, expect_thick);
  a.thickness = (NnRange){ -1, -1 };
  check_augment (&a, digit, expect_thin);
  check_augment (&a, NN_SHAPE (1, 40, 1), expect_thin);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.gain = (NnRange){ 0.5f, 0.5f };
  a.contrast = (NnRange){ 2, 2 };
  a.brightness = (NnRange){ 0.25f, 0.25f };
  check_augment (&a, digit, expect_tone);
  check_augment (&a, odd, expect_tone);

  a = (NnAugment) NN_AUGMENT_IDENTITY;
  a.saturation = (NnRange){ 0, 0 };
  check_augment (&a, odd, expect_grey);
}

/* An elastic field moves pixels, but by no more than it may: a horizontal ramp changes by its slope times that. */
static void
test_elastic (void)
{
  NnAugment a = NN_AUGMENT_IDENTITY;
  a.elastic = (NnRange){ 0.1f, 0.1f };
  a.border = NN_BORDER_REFLECT;
  g_auto (Fixture) f;
  fixture_init (&f, NN_SHAPE (20, 30, 1), NN_SHAPE (20, 30, 1), 16);
  for (gsize i = 0; i < SAMPLES * 600; i++)
    f.pixels[i] = (guint8) (i % 30 * 8);
  nn_tensor_upload (f.gather.pixels, f.pixels, NULL);
  f.gather.augment = &a;
  run (&f);

  float largest = 0;
  for (guint slot = 0; slot < 16; slot++)
    for (guint row = 0; row < 20; row++)
      for (guint column = 0; column < 30; column++) {
        const float moved = (x_at (&f, slot, row, column, 0) * 255 - (float) column * 8) / 8;
        g_assert_cmpfloat (fabsf (moved), <=, 0.1f * 30 + 1e-3f);
        largest = MAX (largest, fabsf (moved));
        if (column > 4 && column < 25) /* and smoothly */
          g_assert_cmpfloat (fabsf (x_at (&f, slot, row, column, 0) - x_at (&f, slot, row, column - 1, 0)) * 255, <, 24);
      }
  g_assert_cmpfloat (largest, >, 0.5f);
}

static void
test_crop (void)
{
  NnAugment a = NN_AUGMENT_IDENTITY;
  a.margin = 0.5f;
  const NnShape input = NN_SHAPE (6, 8, 3), stored = nn_augment_stored_shape (&a, &input);
  g_assert_true (nn_shape_equal (&stored, &NN_SHAPE (9, 12, 3)));
  g_auto (Fixture) f;
  fixture_init (&f, stored, input, SAMPLES);
  f.gather.augment = &a;
  run (&f);

  guint seen[4][5] = { 0 };
  for (guint slot = 0; slot < SAMPLES; slot++) {
    guint matches = 0;
    for (int top = 0; top <= 3; top++)
      for (int left = 0; left <= 4; left++) {
        float difference = 0;
        for (guint i = 0; i < 6 * 8; i++)
          difference += fabsf (x_at (&f, slot, i / 8, i % 8, 1)
                               - p_at (&f, slot, top + (int) i / 8, left + (int) i % 8, 1));
        matches += difference < 1e-3f;
        seen[top][left] += difference < 1e-3f;
      }
    g_assert_cmpuint (matches, ==, 1);
  }
  guint places = 0;
  for (guint i = 0; i < 20; i++)
    places += seen[i / 5][i % 5] > 0;
  g_assert_cmpuint (places, >=, 10);
}

static void
test_presets (void)
{
  for (const char *const *name = nn_augment_names (); *name; name++)
    g_assert_cmpstr (nn_augment_find (*name)->name, ==, *name);
  g_assert_null (nn_augment_find ("nonsense"));
  g_assert_true (nn_augment_is_identity (nn_augment_find ("none")));
  g_assert_true (nn_augment_is_identity (NULL));
  g_assert_false (nn_augment_is_identity (nn_augment_find ("digits")));
  g_assert_cmpfloat (nn_augment_find ("digits")->flip, ==, 0);
  const NnShape input = NN_SHAPE (64, 64, 3), stored = nn_augment_stored_shape (nn_augment_find ("photos"), &input);
  g_assert_true (nn_shape_equal (&stored, &NN_SHAPE (72, 72, 3)));
  g_assert_cmpuint (nn_augment_stored_shape (NULL, &input).dims[0], ==, 64);
}

static void
check_preset (const char *name, NnShape input)
{
  const NnAugment *a = nn_augment_find (name);
  const NnShape stored = nn_augment_stored_shape (a, &input);
  const gsize size = nn_shape_size (&input);
  g_auto (Fixture) f, g, h;
  fixture_init (&f, stored, input, 16);
  fixture_init (&g, stored, input, 16);
  fixture_init (&h, stored, input, 5);
  f.gather.augment = g.gather.augment = h.gather.augment = a;
  run (&f);
  run (&g);
  run (&h);
  g_assert_cmpmem (f.x, 16 * size * sizeof (float), g.x, 16 * size * sizeof (float));
  g_assert_cmpmem (f.x, 5 * size * sizeof (float), h.x, 5 * size * sizeof (float));
  float sum = 0;
  for (gsize i = 0; i < 16 * size; i++) {
    g_assert_true (f.x[i] >= 0 && f.x[i] <= 1);
    sum += f.x[i];
  }
  g_assert_cmpfloat (sum / (16 * (float) size), >, 0.2f);
  g_assert_cmpfloat (sum / (16 * (float) size), <, 0.8f);

  g.step[0]++; /* another step */
  run (&g);
  g_assert_true (memcmp (f.x, g.x, 16 * size * sizeof (float)) != 0);
  g.step[0]--;
  g.step[1]++; /* another seed */
  run (&g);
  g_assert_true (memcmp (f.x, g.x, 16 * size * sizeof (float)) != 0);
}

/* The middle, mirrored: the same whatever is drawn. */
static void
test_centred (void)
{
  NnAugment augment = NN_AUGMENT_IDENTITY;
  augment.centred = TRUE;
  augment.flip = 1;
  g_auto (Fixture) f;
  fixture_init (&f, NN_SHAPE (10, 9, 3), NN_SHAPE (8, 5, 3), 9);
  f.gather.augment = &augment;
  run (&f);
  for (guint slot = 0; slot < 9; slot++)
    for (int row = 0; row < 8; row++)
      for (int column = 0; column < 5; column++)
        for (guint c = 0; c < 3; c++)
          g_assert_cmpfloat_with_epsilon (x_at (&f, slot, row, column, c), p_at (&f, slot, row + 1, 4 - column + 2, c), 2e-5);
}

static void
test_preset_digits (void)
{
  check_preset ("digits", NN_SHAPE (28, 28, 1));
}

static void
test_preset_photos (void)
{
  check_preset ("photos", NN_SHAPE (32, 24, 3));
}

/* A picture whose place takes more than 31 bits, and more than 32 where the device allows it, looks like the same one at
 * the start. Memory that nobody writes is not there yet on a processor: this takes two pages. */
static void
test_far_away (void)
{
  const NnShape shape = NN_SHAPE (64, 64, 1);
  const gsize size = 64 * 64, n = MIN ((1 << 20) + 37, nn_context_get_limits (context)->max_alloc / size);
  const guint32 order[] = { 0, (guint32) n - 1 };
  if (nn_device_get_kind (nn_context_get_device (context)) != NN_DEVICE_KIND_CPU
      || n * size <= (gsize) G_MAXINT32 + size) {
    g_test_skip ("not a processor, or one that allows no buffer of 2 GiB");
    return;
  }
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) f;
  fixture_init (&f, shape, shape, 2);
  NnTensor *tensors[] = { f.gather.pixels, f.gather.order, f.gather.labels };
  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++)
    nn_tensor_unref (tensors[i]);
  f.gather.pixels = upload (NN_DTYPE_UINT8, n * size, NULL);
  f.gather.order = upload (NN_DTYPE_INT32, 2, order);
  f.gather.labels = upload (NN_DTYPE_INT32, n, NULL);
  f.gather.n_samples = (guint) n;
  g_assert_true (nn_buffer_write (f.gather.pixels->buffer, 0, f.pixels, size, &error));
  g_assert_true (nn_buffer_write (f.gather.pixels->buffer, (n - 1) * size, f.pixels, size, &error));
  NnAugment augment = NN_AUGMENT_IDENTITY;
  augment.rotate = (NnRange){ 9, 9 };
  augment.thickness = (NnRange){ 0.5f, 0.5f };
  for (guint i = 0; i < 2; i++) {
    f.gather.augment = i ? &augment : NULL;
    run (&f);
    g_assert_cmpfloat (f.x[size / 2], >, 0);
    g_assert_cmpmem (f.x, size * sizeof (float), f.x + size, size * sizeof (float));
  }
}

static void
test_errors (void)
{
  g_auto (Fixture) f;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_autoptr (GError) error = NULL;
  NnAugment a = NN_AUGMENT_IDENTITY;
  fixture_init (&f, NN_SHAPE (4, 5, 1), NN_SHAPE (4, 5, 1), 2);
  f.gather.preprocess = &f.preprocess;
  f.gather.input = NN_SHAPE (5, 5, 1);
  g_assert_false (nn_gather_record (commands, &f.gather, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  f.gather.input = NN_SHAPE (4, 5, 3);
  g_assert_false (nn_gather_record (commands, &f.gather, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  f.gather.input = f.gather.stored;
  a.scale = (NnRange){ 0, 1 };
  f.gather.augment = &a;
  g_assert_false (nn_gather_record (commands, &f.gather, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  a.scale = (NnRange){ 1, 1 };
  a.rotate = (NnRange){ 3, NAN };
  g_assert_false (nn_gather_record (commands, &f.gather, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_assert_cmpuint (nn_commands_get_length (commands), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/gather/plain", test_plain);
  g_test_add_func ("/gather/padding", test_padding);
  g_test_add_func ("/gather/geometry", test_geometry);
  g_test_add_func ("/gather/tone", test_tone);
  g_test_add_func ("/gather/elastic", test_elastic);
  g_test_add_func ("/gather/crop", test_crop);
  g_test_add_func ("/gather/presets", test_presets);
  g_test_add_func ("/gather/digits", test_preset_digits);
  g_test_add_func ("/gather/photos", test_preset_photos);
  g_test_add_func ("/gather/far-away", test_far_away);
  g_test_add_func ("/gather/centred", test_centred);
  g_test_add_func ("/gather/errors", test_errors);
  const int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
