/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/teaching.h"

#include "base/error.h"
#include "base/random.h"
#include "data/edit.h"
#include "data/handwriting.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_DIGITS 10
#define PICTURE (NN_DIGIT_SIZE * NN_DIGIT_SIZE)
#define N_REHEARSED 2000
#define N_VALIDATED 500
/* How often a drawing is seen in an epoch: a few of them weigh a tenth of what else is seen, many a half. */
#define MOST_REPEATS 100
#define LEAST_REPEATS 20

typedef struct {
  GByteArray *pictures;
  GArray *labels; /* gint32 */
} Batch;

static Batch
batch_new (void)
{
  return (Batch){ g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gint32)) };
}

static void
batch_add (Batch *self, const guint8 *picture, gint32 label)
{
  g_byte_array_append (self->pictures, picture, PICTURE);
  g_array_append_val (self->labels, label);
}

static NnPixels *
batch_finish (Batch *self)
{
  NnPixelSpec spec
      = { .height = NN_DIGIT_SIZE, .width = NN_DIGIT_SIZE, .channels = 1, .fit = NN_FIT_STRETCH };
  NnPixels *pixels = nn_pixels_new_from_data (&spec, self->labels->len, self->pictures->data,
                                              (const gint32 *) (gpointer) self->labels->data);
  g_byte_array_unref (self->pictures);
  g_array_unref (self->labels);
  return pixels;
}

static int
find_class (NnModel *model, const char *name)
{
  const char *const *classes = nn_model_get_classes (model);
  for (int c = 0; name && classes[c]; c++)
    if (strcmp (classes[c], name) == 0)
      return c;
  return -1;
}

static int
find_digit (NnModel *model, guint digit)
{
  const char name[] = { (char) ('0' + digit), '\0' };
  return find_class (model, name);
}

gboolean
nn_teaching_accepts (NnModel *model)
{
  NnGraph *graph = nn_model_get_graph (model);
  if (nn_graph_get_n_classes (graph) != N_DIGITS
      || !nn_shape_equal (nn_graph_get_input_shape (graph), &NN_SHAPE (NN_DIGIT_SIZE, NN_DIGIT_SIZE, 1))
      || strcmp (nn_model_get_preprocess (model)->fit, NN_FIT_DIGIT) != 0)
    return FALSE;
  for (guint digit = 0; digit < N_DIGITS; digit++)
    if (find_digit (model, digit) < 0)
      return FALSE;
  return TRUE;
}

/* Digits in the styles of the world, as many of each. */
static void
draw_digits (Batch *batch, NnModel *model, guint n, NnRandom *random)
{
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  for (guint i = 0; i < n; i++) {
    guint8 picture[PICTURE];
    nn_handwriting_draw (random, i % N_DIGITS, strokes);
    NnStrokePen pen = nn_handwriting_pen (random);
    nn_strokes_render (strokes, &pen, picture);
    batch_add (batch, picture, find_digit (model, i % N_DIGITS));
  }
}

static gboolean
has_digit_size (NnDataset *dataset)
{
  guint height, width, channels;
  return nn_dataset_get_size (dataset, &height, &width, &channels) && height == NN_DIGIT_SIZE
         && width == NN_DIGIT_SIZE && channels == 1;
}

/* For each class of the data its class in the model; NULL where one is missing, or the pictures have another
 * size. */
static int *
map_classes (NnModel *model, NnDataset *dataset)
{
  guint n = nn_dataset_get_n_classes (dataset);
  if (!has_digit_size (dataset) || n != N_DIGITS)
    return NULL;
  g_autofree int *map = g_new (int, n);
  for (guint c = 0; c < n; c++)
    if ((map[c] = find_class (model, nn_dataset_get_class_name (dataset, c))) < 0)
      return NULL;
  return g_steal_pointer (&map);
}

/* Some of the data set's pictures: as many of each class, as far as they go. */
static gboolean
pick_digits (Batch *batch, NnDataset *dataset, const int *map, guint n, NnRandom *random,
             GCancellable *cancellable, GError **error)
{
  NnPixelSpec spec
      = { .height = NN_DIGIT_SIZE, .width = NN_DIGIT_SIZE, .channels = 1, .fit = NN_FIT_STRETCH };
  g_autoptr (NnPixels) pixels
      = nn_dataset_load_pixels (dataset, NN_SPLIT_TRAIN, &spec, cancellable, NULL, NULL, error);
  if (pixels == NULL)
    return FALSE;
  g_autofree guint32 *order = g_new (guint32, pixels->n);
  for (gsize i = 0; i < pixels->n; i++)
    order[i] = (guint32) i;
  nn_random_shuffle (random, order, pixels->n);
  guint taken[N_DIGITS] = { 0 };
  for (gsize i = 0; i < pixels->n; i++) {
    gint32 class_index = pixels->labels[order[i]];
    if (taken[class_index]++ < n / N_DIGITS)
      batch_add (batch, pixels->data + (gsize) order[i] * PICTURE, map[class_index]);
  }
  return TRUE;
}

static guint
add_drawings (Batch *batch, NnModel *model, GPtrArray *drawings, NnRandom *random)
{
  guint repeats = CLAMP (N_REHEARSED / 10 / MAX (drawings->len, 1), LEAST_REPEATS, MOST_REPEATS), n = 0;
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = drawings->pdata[i];
    int label = find_class (model, drawing->label);
    if (label < 0 || nn_strokes_n_strokes (drawing->strokes) == 0)
      continue;
    for (guint k = 0; k < repeats; k++, n++) {
      guint8 picture[PICTURE];
      /* Every other time as the canvas shows it. */
      NnStrokePen pen = k % 2 ? nn_handwriting_pen (random) : NN_STROKE_PEN_DEFAULT;
      nn_strokes_render (drawing->strokes, &pen, picture);
      batch_add (batch, picture, label);
    }
  }
  return n;
}

NnPreparation *
nn_teaching_prepare (NnModel *model, GPtrArray *drawings, NnDataset *rehearsal, guint64 seed,
                     GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (nn_teaching_accepts (model), NULL);
  NnRandom random;
  nn_random_init (&random, seed, 1);
  g_autofree int *map = rehearsal ? map_classes (model, rehearsal) : NULL;
  Batch train = batch_new (), val = batch_new ();
  guint n_drawn = add_drawings (&train, model, drawings, &random);
  gboolean ok = n_drawn > 0;
  if (!ok)
    g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                         _ ("There is no drawing to learn from that is labelled with a class of the model."));
  else if (map)
    ok = pick_digits (&train, rehearsal, map, N_REHEARSED, &random, cancellable, error);
  if (ok && !map)
    draw_digits (&train, model, N_REHEARSED, &random);
  draw_digits (&val, model, ok ? N_VALIDATED : 0, &random);
  g_autoptr (NnPreparation) self = g_new0 (NnPreparation, 1);
  self->model = nn_model_ref (model);
  self->train = batch_finish (&train);
  self->val = batch_finish (&val);
  return ok ? g_steal_pointer (&self) : NULL;
}

NnDataset *
nn_teaching_add_to (NnDataset *dataset, GPtrArray *drawings)
{
  g_autoptr (GByteArray) pictures = g_byte_array_new ();
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  if (nn_dataset_get_n_classes (dataset) != N_DIGITS || !has_digit_size (dataset))
    return nn_dataset_ref (dataset);
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = drawings->pdata[i];
    guint8 picture[PICTURE];
    if (drawing->label == NULL || nn_dataset_find_class (dataset, drawing->label) < 0)
      continue;
    nn_strokes_render (drawing->strokes, NULL, picture);
    g_byte_array_append (pictures, picture, PICTURE);
    g_ptr_array_add (labels, drawing->label);
  }
  g_autoptr (GError) error = NULL;
  NnDataset *more = labels->len == 0 ? NULL
                                     : nn_dataset_add_pictures (dataset, labels->len, NN_DIGIT_SIZE, NN_DIGIT_SIZE, 1,
                                                                pictures->data, (const char *const *) labels->pdata,
                                                                NN_SPLIT_TRAIN, &error);
  if (error)
    g_message ("Drawings were not added to the data: %s", error->message);
  return more ? more : nn_dataset_ref (dataset);
}
