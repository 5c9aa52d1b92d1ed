/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perceptron-cli predict: pictures, folders of them, or drawings. */
#include "config.h"

#include "picture-files.h"
#include "run-data.h"

#include "data/strokes.h"
#include "train/predictor.h"
#include "train/preparation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_BATCH 64

typedef struct {
  char *model, *device, *strokes;
  gboolean csv;
} Options;

/* Answers to @n pictures, [n][classes], whatever they came from. */
typedef struct {
  const char *const *classes;
  guint n_classes;
  gsize n;
  float *probabilities;
} Answers;

static guint
best_of (const float *probabilities, guint n, int except)
{
  guint best = except == 0 ? 1 : 0;
  for (guint c = 0; c < n; c++)
    if ((int) c != except && probabilities[c] > probabilities[best])
      best = c;
  return best;
}

static gboolean
answer (const Options *o, NnModel *model, const guint8 *pixels, Answers *answers, GError **error)
{
  g_autoptr (NnContext) context = cli_open_device (o->device, error);
  if (context == NULL)
    return FALSE;
  guint batch = nn_network_limit_batch (nn_model_get_graph (model), (guint) CLAMP (answers->n, 1, MAX_BATCH));
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, batch, error);
  if (predictor == NULL)
    return FALSE;
  answers->classes = nn_model_get_classes (model);
  answers->n_classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  answers->probabilities = g_new0 (float, answers->n * answers->n_classes);
  return nn_predictor_run (predictor, pixels, answers->n, answers->probabilities, error);
}

/* The class, its probability, and each class's, as members of the object that is open. */
static void
json_answer (JsonBuilder *builder, const Answers *answers, gsize index)
{
  const float *p = answers->probabilities + index * answers->n_classes;
  guint best = best_of (p, answers->n_classes, -1);
  cli_json_string (builder, "class", answers->classes[best]);
  cli_json_double (builder, "probability", p[best]);
  json_builder_set_member_name (builder, "probabilities");
  json_builder_begin_object (builder);
  for (guint c = 0; c < answers->n_classes; c++)
    cli_json_double (builder, answers->classes[c], p[c]);
  json_builder_end_object (builder);
}

static CliTable *
new_csv (const Answers *answers, const char *first, const char *second)
{
  g_autoptr (GPtrArray) headings = g_ptr_array_new ();
  g_ptr_array_add (headings, (gpointer) first);
  if (second != NULL)
    g_ptr_array_add (headings, (gpointer) second);
  g_ptr_array_add (headings, (gpointer) "class");
  g_ptr_array_add (headings, (gpointer) "probability");
  for (guint c = 0; c < answers->n_classes; c++)
    g_ptr_array_add (headings, (gpointer) answers->classes[c]);
  g_ptr_array_add (headings, NULL);
  return cli_table_new ((const char *const *) headings->pdata, NULL);
}

static void
add_csv (CliTable *table, const Answers *answers, gsize index, const char *first, const char *second)
{
  const float *p = answers->probabilities + index * answers->n_classes;
  guint best = best_of (p, answers->n_classes, -1);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (cells, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (cells, g_strdup (second));
  g_ptr_array_add (cells, g_strdup (answers->classes[best]));
  g_ptr_array_add (cells, g_strdup_printf ("%.6f", p[best]));
  for (guint c = 0; c < answers->n_classes; c++)
    g_ptr_array_add (cells, g_strdup_printf ("%.6f", p[c]));
  cli_table_add (table, (const char *const *) cells->pdata);
}

/* What the text table says of one answer: class, probability, and the runner-up. */
static char *
describe (const Answers *answers, gsize index)
{
  const float *p = answers->probabilities + index * answers->n_classes;
  guint best = best_of (p, answers->n_classes, -1);
  guint second = best_of (p, answers->n_classes, (int) best);
  return g_strdup_printf ("%s\t%.2f %%\t%s\t%.2f %%", answers->classes[best], p[best] * 100, answers->classes[second],
                          p[second] * 100);
}

static void
print_files (Cli *cli, const Options *o, const CliPictures *pictures, const Answers *answers)
{
  if (cli->json) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "predictions");
    json_builder_begin_array (builder);
    for (gsize i = 0; i < answers->n; i++) {
      json_builder_begin_object (builder);
      cli_json_string (builder, "file", g_ptr_array_index (pictures->paths, i));
      json_answer (builder, answers, i);
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    cli_pictures_json_rejects (pictures, builder);
    json_builder_end_object (builder);
    cli_print_json (builder);
    return;
  }
  const char *const headings[] = { "file", "class", "probability", "or", "probability", NULL };
  g_autoptr (CliTable) table = o->csv ? new_csv (answers, "file", NULL) : cli_table_new (headings, "llrlr");
  for (gsize i = 0; i < answers->n; i++) {
    const char *path = g_ptr_array_index (pictures->paths, i);
    g_autofree char *text = describe (answers, i);
    if (o->csv)
      add_csv (table, answers, i, path, NULL);
    else
      cli_table_add_format (table, "%s\t%s", path, text);
  }
  if (o->csv)
    cli_table_print_csv (table);
  else
    cli_table_print (table);
}

static gboolean
predict_files (Cli *cli, const Options *o, char **paths, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model (o->model, error);
  NnPixelSpec spec;
  if (model == NULL || !nn_preparation_pixel_spec (model, &spec, error))
    return FALSE;
  g_autoptr (CliPictures) pictures = cli_pictures_read (cli, paths, &spec, error);
  if (pictures == NULL)
    return FALSE;
  Answers answers = { .n = pictures->paths->len };
  gboolean ok = answer (o, model, pictures->pixels->data, &answers, error);
  if (ok)
    print_files (cli, o, pictures, &answers);
  g_free (answers.probabilities);
  return ok && cli_pictures_check (pictures, error);
}

typedef struct {
  guint labelled, right;
} Score;

static Score
score_drawings (GPtrArray *drawings, const Answers *answers)
{
  Score score = { 0 };
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    if (drawing->label == NULL)
      continue;
    guint best = best_of (answers->probabilities + i * answers->n_classes, answers->n_classes, -1);
    score.labelled++;
    score.right += strcmp (answers->classes[best], drawing->label) == 0;
  }
  return score;
}

static void
print_drawings_json (GPtrArray *drawings, const Answers *answers, Score score)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_double (builder, "accuracy", score.labelled > 0 ? (double) score.right / score.labelled : NAN);
  cli_json_int (builder, "n", drawings->len);
  cli_json_int (builder, "labelled", score.labelled);
  cli_json_int (builder, "right", score.right);
  json_builder_set_member_name (builder, "predictions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    json_builder_begin_object (builder);
    cli_json_int (builder, "line", drawing->line);
    cli_json_string (builder, "label", drawing->label);
    json_answer (builder, answers, i);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_drawings (const Options *o, GPtrArray *drawings, const Answers *answers, Score score)
{
  const char *const headings[] = { "line", "label", "class", "probability", "or", "probability", NULL };
  g_autoptr (CliTable) table = o->csv ? new_csv (answers, "line", "label") : cli_table_new (headings, "rllrlr");
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    const char *label = drawing->label != NULL ? drawing->label : "";
    g_autofree char *line = g_strdup_printf ("%u", drawing->line);
    g_autofree char *text = describe (answers, i);
    if (o->csv)
      add_csv (table, answers, i, line, label);
    else
      cli_table_add_format (table, "%s\t%s\t%s", line, label, text);
  }
  if (o->csv) {
    cli_table_print_csv (table);
    return;
  }
  cli_table_print (table);
  if (score.labelled > 0)
    printf ("\naccuracy %.2f %% (%u of %u)\n", 100.0 * score.right / score.labelled, score.right, score.labelled);
}

static gboolean
predict_strokes (Cli *cli, const Options *o, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model (o->model, error);
  if (model == NULL)
    return FALSE;
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (model));
  if (!nn_shape_equal (input, &NN_SHAPE (NN_DIGIT_SIZE, NN_DIGIT_SIZE, 1))) {
    g_autofree char *text = nn_shape_to_string (input);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "The model takes pictures of %s; drawings need one for 28×28×1, such as one trained on MNIST.", text);
    return FALSE;
  }
  g_autoptr (GPtrArray) drawings = nn_strokes_load_jsonl (o->strokes, error);
  if (drawings == NULL)
    return FALSE;
  gsize picture = NN_DIGIT_SIZE * NN_DIGIT_SIZE;
  g_autofree guint8 *pixels = g_malloc0_n (MAX (drawings->len, 1), picture);
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    nn_strokes_render (drawing->strokes, NULL, pixels + i * picture);
  }
  Answers answers = { .n = drawings->len };
  gboolean ok = answer (o, model, pixels, &answers, error);
  if (ok && cli->json)
    print_drawings_json (drawings, &answers, score_drawings (drawings, &answers));
  else if (ok)
    print_drawings (o, drawings, &answers, score_drawings (drawings, &answers));
  g_free (answers.probabilities);
  return ok;
}

gboolean
cli_run_predict (Cli *cli, int argc, char **argv, GError **error)
{
  Options o = { NULL };
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &o.model, "The model: an ONNX file of this program", "MODEL" },
    { "strokes", 0, 0, G_OPTION_ARG_FILENAME, &o.strokes, "Drawings instead of pictures, one JSON object a line", "FILE" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o.device, "Id, number or part of the name (default: the best)", "D" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "Print CSV with the probability of every class", NULL },
    G_OPTION_ENTRY_NULL,
  };
  gboolean ok = cli_parse (cli, entries, &argc, &argv, error);
  const char *wrong = o.model == NULL                   ? "--model is missing"
                      : o.strokes == NULL && argc < 2   ? "FILE or --strokes is missing"
                      : o.strokes != NULL && argc > 1   ? "--strokes takes no further files"
                                                        : NULL;
  if (ok && wrong != NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
    ok = FALSE;
  }
  ok = ok && (o.strokes != NULL ? predict_strokes (cli, &o, error) : predict_files (cli, &o, argv + 1, error));
  g_free (o.model);
  g_free (o.strokes);
  g_free (o.device);
  return ok;
}
