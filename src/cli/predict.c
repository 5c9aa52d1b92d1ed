/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perceptron-cli predict: pictures, folders of them, or drawings. */
#include "config.h"

#include "answers.h"
#include "picture-files.h"
#include "run-data.h"

#include "data/picture-zip.h"
#include "data/strokes.h"
#include "train/preparation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A threshold that wasn't given. */
#define UNSET (-1.0)

typedef enum { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_ZIP } Format;
static const char *const formats[] = { "table", "csv", "json", "zip" };

typedef struct {
  char *model, *device, *strokes, *pixels, *format_name, *out;
  double threshold;
  gboolean csv;
  Format format;
} Options;

static void
options_clear (Options *self)
{
  char **strings[] = { &self->model, &self->device, &self->strokes, &self->pixels, &self->format_name, &self->out };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_clear_pointer (strings[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
print_files_json (const CliPictures *pictures, const CliAnswers *answers)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "predictions");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < answers->n; i++) {
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", g_ptr_array_index (pictures->paths, i));
    cli_answers_add_json (answers, builder, i);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  cli_pictures_json_rejects (pictures, builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_files (const Options *o, const CliPictures *pictures, const CliAnswers *answers)
{
  const char *const headings[] = { "file", "class", "probability", "or", "probability", NULL };
  gboolean csv = o->format == FORMAT_CSV;
  g_autoptr (CliTable) table = csv ? cli_answers_new_csv (answers, "file", NULL) : cli_table_new (headings, "llrlr");
  for (gsize i = 0; i < answers->n; i++) {
    const char *path = g_ptr_array_index (pictures->paths, i);
    g_autofree char *text = cli_answers_describe (answers, i);
    if (csv)
      cli_answers_add_csv (answers, table, i, path, NULL);
    else
      cli_table_add_format (table, "%s\t%s", path, text);
  }
  if (csv)
    cli_table_print_csv (table);
  else
    cli_table_print (table);
}

/* The pictures in folders by class, and the table of them, which names them as they are called in there. */
static gboolean
write_zip (Cli *cli, const Options *o, const CliPictures *pictures, const CliAnswers *answers, GError **error)
{
  g_autofree int *classes = g_new (int, answers->n);
  for (gsize i = 0; i < answers->n; i++)
    classes[i] = cli_answers_is_unknown (answers, i) ? NN_ZIP_UNKNOWN : (int) cli_answers_get_best (answers, i);
  const char *const *paths = (const char *const *) pictures->paths->pdata;
  g_autoptr (GPtrArray) inside = nn_zip_name_pictures (paths, classes, answers->n, answers->classes);
  g_autoptr (CliTable) table = cli_answers_new_csv (answers, "file", NULL);
  for (gsize i = 0; i < answers->n; i++)
    cli_answers_add_csv (answers, table, i, g_ptr_array_index (inside, i), NULL);
  g_autoptr (GString) csv = cli_table_to_csv (table);
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "packing the pictures" };
  if (!nn_zip_write (o->out, paths, inside, "predictions.csv", csv, cli->cancellable, cli_reading_update, &reading, error))
    return FALSE;
  g_clear_pointer (&bar, cli_progress_free);
  if (cli->json) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", o->out);
    cli_json_int (builder, "pictures", (gint64) answers->n);
    cli_pictures_json_rejects (pictures, builder);
    json_builder_end_object (builder);
    cli_print_json (builder);
  } else
    printf ("%" G_GSIZE_FORMAT " pictures and predictions.csv are in %s\n", answers->n, o->out);
  return TRUE;
}

static gboolean
predict_files (Cli *cli, const Options *o, char **paths, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model_as (o->model, o->pixels, error);
  NnPixelSpec spec;
  if (model == NULL || !nn_preparation_pixel_spec (model, &spec, error))
    return FALSE;
  g_autoptr (CliPictures) pictures = cli_pictures_read (cli, paths, &spec, error);
  if (pictures == NULL)
    return FALSE;
  g_auto (CliAnswers) answers = { .n = pictures->paths->len };
  if (!cli_answers_ask (&answers, model, o->device, pictures->pixels->data, o->threshold, error))
    return FALSE;
  if (o->format == FORMAT_ZIP) {
    if (!write_zip (cli, o, pictures, &answers, error))
      return FALSE;
  } else if (o->format == FORMAT_JSON)
    print_files_json (pictures, &answers);
  else
    print_files (o, pictures, &answers);
  return cli_pictures_check (pictures, error);
}

typedef struct {
  guint labelled, right;
} Score;

static Score
score_drawings (GPtrArray *drawings, const CliAnswers *answers)
{
  Score score = { 0 };
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    if (drawing->label == NULL)
      continue;
    score.labelled++;
    score.right += strcmp (answers->classes[cli_answers_get_best (answers, i)], drawing->label) == 0;
  }
  return score;
}

static void
print_drawings_json (GPtrArray *drawings, const CliAnswers *answers, Score score)
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
    cli_answers_add_json (answers, builder, i);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_drawings (const Options *o, GPtrArray *drawings, const CliAnswers *answers, Score score)
{
  const char *const headings[] = { "line", "label", "class", "probability", "or", "probability", NULL };
  gboolean csv = o->format == FORMAT_CSV;
  g_autoptr (CliTable) table
      = csv ? cli_answers_new_csv (answers, "line", "label") : cli_table_new (headings, "rllrlr");
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = g_ptr_array_index (drawings, i);
    const char *label = drawing->label != NULL ? drawing->label : "";
    g_autofree char *line = g_strdup_printf ("%u", drawing->line);
    g_autofree char *text = cli_answers_describe (answers, i);
    if (csv)
      cli_answers_add_csv (answers, table, i, line, label);
    else
      cli_table_add_format (table, "%s\t%s\t%s", line, label, text);
  }
  if (csv) {
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
  g_autoptr (NnModel) model = cli_load_model_as (o->model, o->pixels, error);
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
  g_auto (CliAnswers) answers = { .n = drawings->len };
  if (!cli_answers_ask (&answers, model, o->device, pixels, o->threshold, error))
    return FALSE;
  if (o->format == FORMAT_JSON)
    print_drawings_json (drawings, &answers, score_drawings (drawings, &answers));
  else
    print_drawings (o, drawings, &answers, score_drawings (drawings, &answers));
  return TRUE;
}

/* --csv and --json are short for their formats; --json beside another one is about what is printed. */
static gboolean
choose_format (const Cli *cli, Options *o, GError **error)
{
  o->format = o->csv ? FORMAT_CSV : FORMAT_TABLE;
  if (o->format_name != NULL) {
    gsize f = 0;
    while (f < G_N_ELEMENTS (formats) && strcmp (o->format_name, formats[f]) != 0)
      f++;
    if (f == G_N_ELEMENTS (formats)) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "--format is “%s”; it must be table, csv, json or zip.",
                   o->format_name);
      return FALSE;
    }
    o->format = (Format) f;
  }
  if (cli->json && o->format != FORMAT_ZIP)
    o->format = FORMAT_JSON;
  return TRUE;
}

static const char *
find_wrong (const Options *o, int n_files)
{
  if (o->model == NULL)
    return "--model is missing";
  if (o->strokes == NULL && n_files == 0)
    return "FILE or --strokes is missing";
  if (o->strokes != NULL && n_files > 0)
    return "--strokes takes no further files";
  if (o->format == FORMAT_ZIP && o->strokes != NULL)
    return "--format zip is for pictures, not for --strokes";
  if ((o->format == FORMAT_ZIP) != (o->out != NULL))
    return "--format zip and --out go together";
  return NULL;
}

static gboolean
parse (Cli *cli, Options *o, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "The model: an ONNX file", "MODEL" },
    { "strokes", 0, 0, G_OPTION_ARG_FILENAME, &o->strokes, "Drawings instead of pictures, one JSON object a line", "FILE" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Id, number or part of the name (default: the best)", "D" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->threshold, "Say “unknown” below this probability (default: the model's own, or 0)", "P" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &o->format_name, "table, csv, json, or zip: the pictures sorted by class", "F" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &o->csv, "Short for --format csv: with the probability of every class", NULL },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "Of --format zip: where it goes", "FILE" },
    CLI_PIXELS_OPTION (&o->pixels),
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, argc, argv, error) || !choose_format (cli, o, error))
    return FALSE;
  const char *wrong = find_wrong (o, *argc - 1);
  if (wrong != NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
    return FALSE;
  }
  return (o->threshold == UNSET || cli_check_float ("--threshold", o->threshold, 0, 1, error))
         && (o->out == NULL || cli_check_output (o->out, error));
}

gboolean
cli_run_predict (Cli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) o = { .threshold = UNSET };
  if (!parse (cli, &o, &argc, &argv, error))
    return FALSE;
  return o.strokes != NULL ? predict_strokes (cli, &o, error) : predict_files (cli, &o, argv + 1, error);
}
