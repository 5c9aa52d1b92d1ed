/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The augmentation in plain C, from which the app's preview comes, gives what the device gives. */
#include "gather-fixture.h"

#include <math.h>

static void
check_reference (const Fixture *f)
{
  const gsize in = nn_shape_size (&f->gather.input), stored = nn_shape_size (&f->gather.stored);
  g_autofree float *wanted = g_new (float, in);

  for (guint slot = 0; slot < f->gather.batch; slot++) {
    double sum = 0;
    nn_augment_ref (f->gather.augment, &f->gather.stored, &f->gather.input, f->pixels + slot * stored, f->step[1],
                    f->step[0], slot, wanted);
    for (gsize i = 0; i < in; i++) {
      const double difference = fabs ((double) wanted[i] - (double) f->x[slot * in + i]);
      /* A stroke made thicker is rounded to a byte, where the last bit of a float may decide. */
      g_assert_cmpfloat (difference, <, 1.5 / 255);
      sum += difference;
    }
    g_assert_cmpfloat (sum / (double) in, <, 2e-4);
  }
}

static void
test_reference (void)
{
  const NnShape input = NN_SHAPE (13, 10, 3);
  NnAugment a = *nn_augment_find ("photos");
  a.elastic = (NnRange){ 0, 0.1f };
  a.thickness = (NnRange){ -1, 1 };
  a.shear = (NnRange){ -0.5f, 0.5f };
  for (guint reflects = 0; reflects < 2; reflects++) {
    a.border = reflects ? NN_BORDER_REFLECT : NN_BORDER_ZERO;
    g_auto (Fixture) f;
    fixture_init (&f, nn_augment_stored_shape (&a, &input), input, 9);
    f.gather.augment = &a;
    run (&f);
    check_reference (&f);
  }
}

static void
check_preset (const char *name, NnShape input)
{
  g_auto (Fixture) f;
  fixture_init (&f, nn_augment_stored_shape (nn_augment_find (name), &input), input, 16);
  f.gather.augment = nn_augment_find (name);
  run (&f);
  check_reference (&f);
}

static void
test_presets (void)
{
  check_preset ("digits", NN_SHAPE (28, 28, 1));
  check_preset ("photos", NN_SHAPE (32, 24, 3));
  check_preset ("none", NN_SHAPE (7, 5, 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/augment-ref/everything", test_reference);
  g_test_add_func ("/augment-ref/presets", test_presets);
  const int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
