/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes every test network into a folder: NAME.onnx, NAME.image (pixels, 0 to 255, [batch][c][h][w]) and
 * NAME.expected (probabilities by the C reference), raw little-endian float32. Prints "NAME batch c h w
 * classes" for each, for compare.py; NAME-old is the same in operator set 10. With the name of a model file as second argument: that one only, as
 * "model". */
#include "networks.h"

#include "base/random.h"
#include "onnx/onnx-file.h"

#include <math.h>
#include <stdio.h>

#define BATCH 3

static gboolean
write_floats (const char *folder, const char *name, const char *suffix, gsize n, const float *values)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.%s", folder, name, suffix);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents (path, (const char *) values, (gssize) (n * sizeof *values), &error))
    fprintf (stderr, "%s\n", error->message);
  return error == NULL;
}

/* Random pixels of whole numbers, in both orders. */
static void
make_pictures (NnModel *model, float *image, float *x)
{
  NnRandom random;
  nn_random_init (&random, 11, 2);
  const NnShape *shape = nn_graph_get_input_shape (nn_model_get_graph (model));
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  guint pixels = shape->dims[0] * shape->dims[1], channels = shape->dims[2];
  for (guint n = 0; n < BATCH; n++)
    for (guint p = 0; p < pixels; p++)
      for (guint c = 0; c < channels; c++) {
        float value = (float) nn_random_below (&random, 256);
        image[(n * channels + c) * pixels + p] = value;
        x[(n * pixels + p) * channels + c] = (value / 255 - preprocess->mean[c]) / preprocess->deviation[c];
      }
}

static void
softmax (guint n, const double *logits, float *probabilities)
{
  double max = -INFINITY, sum = 0;
  for (guint i = 0; i < n; i++)
    max = fmax (max, logits[i]);
  for (guint i = 0; i < n; i++)
    sum += exp (logits[i] - max);
  for (guint i = 0; i < n; i++)
    probabilities[i] = (float) (exp (logits[i] - max) / sum);
}

static gboolean
save_old (const char *path, NnModel *model, GError **error)
{
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes_as (model, NN_ONNX_OPSET_OLD, NULL, error);
  return bytes != NULL && g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                               (gssize) g_bytes_get_size (bytes), error);
}

static gboolean export(const char *folder, const char *name, NnModel *model, gboolean old)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.onnx", folder, name);
  if (!(old ? save_old (path, model, &error) : nn_onnx_save (model, path, &error))) {
    fprintf (stderr, "%s: %s\n", name, error->message);
    return FALSE;
  }
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *shape = nn_graph_get_input_shape (graph);
  gsize size = BATCH * nn_shape_size (shape);
  guint classes = nn_graph_get_n_classes (graph);
  g_autofree float *image = g_new (float, size), *x = g_new (float, size), *y = g_new (float, BATCH *classes);
  g_autofree double *logits = g_new (double, BATCH *classes);
  make_pictures (model, image, x);
  nn_model_ref_run (model, BATCH, x, logits);
  for (guint n = 0; n < BATCH; n++)
    softmax (classes, logits + n * classes, y + n * classes);
  printf ("%s %d %u %u %u %u\n", name, BATCH, shape->dims[2], shape->dims[0], shape->dims[1], classes);
  return write_floats (folder, name, "image", size, image) &&
         write_floats (folder, name, "expected", BATCH * classes, y);
}

int
main (int argc, char **argv)
{
  if (argc != 2 && argc != 3) {
    fprintf (stderr, "Usage: %s FOLDER [MODEL]\n", argv[0]);
    return 2;
  }
  gboolean ok = TRUE;
  if (argc == 3) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NnModel) model = nn_onnx_load (argv[2], &error);
    if (model == NULL)
      fprintf (stderr, "%s\n", error->message);
    return model != NULL && export(argv[1], "model", model, FALSE) ? 0 : 1;
  }
  for (guint i = 0; i < test_network_count (); i++) {
    g_autoptr (NnModel) model = test_network_new (i);
    ok = export(argv[1], test_network_name (i), model, FALSE) && ok;
    if (i >= g_strv_length ((char **) nn_preset_names ())) { /* the small ones in the older operator set as well */
      g_autofree char *name = g_strconcat (test_network_name (i), "-old", NULL);
      ok = export(argv[1], name, model, TRUE) && ok;
    }
  }
  return ok ? 0 : 1;
}
