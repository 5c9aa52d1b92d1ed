/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a network is taught from, and that it learns it without forgetting the rest. */
#include "test-context.h"

#include "base/error.h"
#include "data/handwriting.h"
#include "data/importer.h"
#include "onnx/onnx-file.h"
#include "train/predictor.h"
#include "train/teaching.h"

#include <glib/gstdio.h>
#include <string.h>

#define PICTURE (NN_DIGIT_SIZE * NN_DIGIT_SIZE)

static NnContext *context;
static NnModel *digits;

/* A house: no digit that anybody writes. */
static const float house[] = { 20, 100, 20, 50, 50, 10, 80, 50, 80, 100, 20, 100, 80, 50, 20, 50, 80, 100 };

static GPtrArray *
draw (const char *label, guint n)
{
  GPtrArray *drawings = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_drawing_free);
  for (guint i = 0; i < n; i++) {
    NnDrawing *drawing = g_new0 (NnDrawing, 1);
    drawing->label = g_strdup (label);
    drawing->strokes = nn_strokes_new ();
    for (guint k = 0; k < G_N_ELEMENTS (house); k += 2)
      nn_strokes_append (drawing->strokes, house[k] + (float) (i * k % 7), house[k + 1]);
    g_ptr_array_add (drawings, drawing);
  }
  return drawings;
}

static void
count (const NnPixels *pixels, guint counts[10])
{
  memset (counts, 0, 10 * sizeof (guint));
  for (gsize i = 0; i < pixels->n; i++) {
    g_assert_cmpint (pixels->labels[i], >=, 0);
    g_assert_cmpint (pixels->labels[i], <, 10);
    counts[pixels->labels[i]]++;
  }
}

static void
test_mix (void)
{
  static const guint numbers[] = { 1, 4, 30 };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GPtrArray) drawings = draw ("8", numbers[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (NnPreparation) mix = nn_teaching_prepare (digits, drawings, NULL, 1, NULL, &error);
    g_assert_no_error (error);
    guint counts[10];
    count (mix->train, counts);
    /* All digits alike, and the drawings on top: enough to be noticed, never the most of it. */
    for (guint digit = 0; digit < 10; digit++)
      g_assert_cmpuint (counts[digit], >=, 200);
    guint drawn = counts[8] - 200;
    g_assert_cmpuint (drawn, ==, mix->train->n - 2000);
    g_assert_cmpuint (drawn, >=, 20 * numbers[i]);
    g_assert_cmpuint (drawn, >=, 100);
    g_assert_cmpuint (drawn, <=, 1000);
    g_assert_cmpuint (mix->val->n, ==, 500);
    g_assert_true (mix->model == digits);
    g_autoptr (NnPreparation) again = nn_teaching_prepare (digits, drawings, NULL, 1, NULL, &error);
    g_assert_cmpmem (mix->train->data, mix->train->n * PICTURE, again->train->data,
                     again->train->n * PICTURE);
  }
}

static void
test_labels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = draw ("cat", 2), unnamed = draw (NULL, 1), some = draw ("cat", 2);
  g_assert_null (nn_teaching_prepare (digits, none, NULL, 1, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (nn_teaching_prepare (digits, unnamed, NULL, 1, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_autoptr (GPtrArray) more = draw ("3", 1);
  g_ptr_array_extend_and_steal (some, g_ptr_array_ref (more));
  g_autoptr (NnPreparation) mix = nn_teaching_prepare (digits, some, NULL, 1, NULL, &error);
  g_assert_no_error (error);
  guint counts[10];
  count (mix->train, counts);
  g_assert_cmpuint (counts[3], >, 200);
}

/* From digits, one by one, to a data set of them and the drawings: its pictures are exact copies. */
static void
test_add_to (void)
{
  static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp (NULL, &error);
  g_autoptr (GString) images = g_string_new (NULL), labels = g_string_new (NULL);
  g_string_append_len (images, "\0\0\x08\x03\0\0\0\x14\0\0\0\x1c\0\0\0\x1c", 16);
  g_string_append_len (labels, "\0\0\x08\x01\0\0\0\x14", 8);
  for (guint i = 0; i < 20; i++) {
    for (guint p = 0; p < PICTURE; p++)
      g_string_append_c (images, (char) (i + p % 3));
    g_string_append_c (labels, (char) (i % 10));
  }
  g_autofree char *image_path = g_build_filename (folder, "train-images-idx3-ubyte", NULL);
  g_autofree char *label_path = g_build_filename (folder, "train-labels-idx1-ubyte", NULL);
  g_assert_true (g_file_set_contents (image_path, images->str, (gssize) images->len, &error));
  g_assert_true (g_file_set_contents (label_path, labels->str, (gssize) labels->len, &error));
  g_autoptr (NnDataset) dataset = nn_dataset_import ((const char *const[]){ folder, NULL }, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) drawings = draw ("8", 3), strange = draw ("cat", 2);
  g_autoptr (NnDataset) more = nn_teaching_add_to (dataset, drawings), same = nn_teaching_add_to (dataset, strange);
  g_assert_true (same == dataset);
  g_assert_cmpuint (nn_dataset_get_n_samples (more), ==, 23);
  NnSample sample;
  nn_dataset_get_sample (more, 22, &sample);
  g_assert_cmpstr (nn_dataset_get_class_name (more, sample.class_index), ==, names[8]);
  g_assert_cmpint (sample.split, ==, NN_SPLIT_TRAIN);
  /* And as what is seen again besides drawings. */
  g_autoptr (NnPreparation) mix = nn_teaching_prepare (digits, drawings, dataset, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mix->train->n, <, 400);
  g_unlink (image_path);
  g_unlink (label_path);
  g_rmdir (folder);
}

/* How many of 500 drawn digits are told right. */
static guint
count_right (NnPredictor *predictor, const NnPixels *pixels)
{
  g_autofree float *probabilities = g_new (float, pixels->n * 10);
  g_autoptr (GError) error = NULL;
  guint right = 0;
  g_assert_true (nn_predictor_run (predictor, pixels->data, pixels->n, probabilities, &error));
  for (gsize i = 0; i < pixels->n; i++) {
    gint32 best = 0;
    for (gint32 c = 1; c < 10; c++)
      if (probabilities[i * 10 + (gsize) c] > probabilities[i * 10 + (gsize) best])
        best = c;
    right += best == pixels->labels[i];
  }
  return right;
}

static float
ask (NnPredictor *predictor, const NnStrokes *strokes, guint digit)
{
  guint8 picture[PICTURE];
  float probabilities[10];
  g_autoptr (GError) error = NULL;
  nn_strokes_render (strokes, NULL, picture);
  g_assert_true (nn_predictor_run (predictor, picture, 1, probabilities, &error));
  return probabilities[digit];
}

static void
test_teach (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drawings = draw ("1", 2);
  g_autoptr (NnPreparation) mix = nn_teaching_prepare (digits, drawings, NULL, 1, NULL, &error);
  NnTrainConfig config = NN_TEACHING_CONFIG;
  g_assert_true (nn_train_config_check (&config, &error));
  g_autoptr (NnPredictor) before = nn_predictor_new (context, digits, 50, &error);
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, mix->model, mix->train, mix->val, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer))
    g_assert_true (nn_trainer_advance (trainer, 1000, &error));
  g_autoptr (NnPredictor) after = nn_predictor_new (context, nn_trainer_get_good (trainer), 50, &error);
  g_assert_no_error (error);
  const NnDrawing *drawing = drawings->pdata[0];
  float was = ask (before, drawing->strokes, 1), is = ask (after, drawing->strokes, 1);
  guint right_before = count_right (before, mix->val), right_after = count_right (after, mix->val);
  g_test_message ("1: %.3f, then %.3f; others: %u, then %u of 500", (double) was, (double) is, right_before,
                  right_after);
  g_assert_cmpfloat (is, >, 0.9f);
  g_assert_cmpuint (right_after + 5, >=, right_before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_autoptr (GError) error = NULL;
  digits = nn_onnx_load (g_getenv ("PERCEPTRON_TEST_MODEL"), &error);
  g_assert_no_error (error);
  g_test_add_func ("/teaching/mix", test_mix);
  g_test_add_func ("/teaching/labels", test_labels);
  g_test_add_func ("/teaching/add-to", test_add_to);
  g_test_add_func ("/teaching/teach", test_teach);
  int status = g_test_run ();
  nn_model_unref (digits);
  nn_context_unref (context);
  return status;
}
