/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perceptron-cli train. The model is written after every epoch, whole, so that a killed run leaves the last one; less often
 * where epochs are shorter than writing it. */
#include "config.h"

#include "run-data.h"

#include "onnx/onnx-file.h"
#include "train/calibration.h"
#include "train/export-samples.h"
#include "train/preparation.h"
#include "train/tuning.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

/* How often the bar and Ctrl-C are looked at. */
#define ADVANCE_MS 100
/* Between two writes of the model, at least so many times what one takes. */
#define SAVE_PAUSE 10
/* A picture through the evaluator takes seconds where it takes more than this: "export" verifies such a network. */
#define MAX_VERIFIED_FLOPS G_GUINT64_CONSTANT (500000000)

/* Options that were not given. */
#define UNSET_INT G_MININT
#define UNSET_FLOAT (-HUGE_VAL)

typedef struct {
  char *data, *val, *net, *spec, *device, *out, *log; /* spec: what net stands for, with the hidden layer */
  char *optimizer, *schedule, *augment, *kernels_of;
  double split, rate, momentum, weight_decay, warmup, tune_rate;
  int epochs, batch, patience, hidden, tune, tune_epochs;
  gboolean no_tune;
  gint64 seed;
} Options;

static void
options_clear (Options *self)
{
  char **strings[] = { &self->data, &self->val, &self->net, &self->spec, &self->device, &self->out, &self->log,
                       &self->optimizer, &self->schedule, &self->augment, &self->kernels_of };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_clear_pointer (strings[i], g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Cli *cli, Options *o, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, "Pictures to learn from: folder, archive, IDX, CSV", "DATA" },
    { "val", 0, 0, G_OPTION_ARG_FILENAME, &o->val, "Pictures to measure by after each epoch", "DATA" },
    { "split", 0, 0, G_OPTION_ARG_DOUBLE, &o->split, "Or: this part of DATA, 0 to 0.9 (0.1 where DATA has none)", "F" },
    { "net", 0, 0, G_OPTION_ARG_FILENAME, &o->net, "Preset or JSON file (default: convnet, photos: convnet-rgb; few photos: transfer)", "NET" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Id, number or part of the name (default: the best)", "D" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs, "Times through all pictures (default: 5; transfer: 20)", "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &o->batch, "Pictures a step (default: 128; photos: 32)", "N" },
    { "optimizer", 0, 0, G_OPTION_ARG_STRING, &o->optimizer, "sgd, nesterov, adam, adamw (default: sgd)", "O" },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &o->rate, "Learning rate (default: the optimizer's own; transfer: 0.02)", "F" },
    { "momentum", 0, 0, G_OPTION_ARG_DOUBLE, &o->momentum, "Of sgd and nesterov (default: 0.9)", "F" },
    { "weight-decay", 0, 0, G_OPTION_ARG_DOUBLE, &o->weight_decay, "Pull of weights to zero (default: 0; transfer: 0.02 to 0.1)", "F" },
    { "schedule", 0, 0, G_OPTION_ARG_STRING, &o->schedule, "constant, step, cosine, one-cycle (default)", "S" },
    { "warmup", 0, 0, G_OPTION_ARG_DOUBLE, &o->warmup, "Epochs over which the rate rises from zero (default: 0)", "F" },
    { "augment", 0, 0, G_OPTION_ARG_STRING, &o->augment, "digits, photos (default of transfer), none (default)", "A" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &o->hidden, "Of transfer: a hidden layer of N numbers before the last one (default: none)", "N" },
    { "fine-tune", 0, 0, G_OPTION_ARG_INT, &o->tune, "Of transfer: then set the last N blocks of the backbone free (default: 0)", "N" },
    { "tune-epochs", 0, 0, G_OPTION_ARG_INT, &o->tune_epochs, "Epochs of that (default: 5)", "N" },
    { "tune-lr", 0, 0, G_OPTION_ARG_DOUBLE, &o->tune_rate, "Learning rate of that (default: 0.001)", "F" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &o->patience, "Stop after so many epochs without gain (default: never)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, "Same seed, same device: the same model (default: 1)", "N" },
    { "no-tune", 0, 0, G_OPTION_ARG_NONE, &o->no_tune, "Take the kernels of the built-in rules, whatever was tuned", NULL },
    { "kernels-of", 0, 0, G_OPTION_ARG_FILENAME, &o->kernels_of, "Take those that MODEL was trained with on this device, for the same bytes", "MODEL" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "Where the model goes: an ONNX file", "MODEL" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &o->log, "Metrics of each epoch as CSV", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, argc, argv, error))
    return FALSE;
  const char *missing = o->data == NULL ? "--data" : o->out == NULL ? "--out" : NULL;
  if (missing != NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing", missing);
    return FALSE;
  }
  if (o->val != NULL && o->split != UNSET_FLOAT) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--val and --split exclude each other");
    return FALSE;
  }
  return (o->epochs == UNSET_INT || cli_check_int ("--epochs", o->epochs, 1, 100000, error))
         && cli_check_int ("--hidden", o->hidden, 0, 4096, error)
         && cli_check_int ("--fine-tune", o->tune, 0, 1000, error)
         && cli_check_int ("--tune-epochs", o->tune_epochs, 1, 100000, error)
         && cli_check_float ("--tune-lr", o->tune_rate, 1e-9, 1000, error)
         && (o->batch == UNSET_INT || cli_check_int ("--batch", o->batch, 1, 65536, error))
         && (o->rate == UNSET_FLOAT || cli_check_float ("--lr", o->rate, 1e-9, 1000, error))
         && (o->split == UNSET_FLOAT || cli_check_float ("--split", o->split, 0, 0.9, error))
         && cli_check_float ("--momentum", o->momentum, 0, 0.9999, error)
         && (o->weight_decay == UNSET_FLOAT || cli_check_float ("--weight-decay", o->weight_decay, 0, 1, error))
         && cli_check_float ("--warmup", o->warmup, 0, o->epochs == UNSET_INT ? 100000 : o->epochs, error)
         && cli_check_int ("--patience", o->patience, 0, 100000, error)
         && cli_check_output (o->out, error) && (o->log == NULL || cli_check_output (o->log, error));
}

/* The source's own split unless the user wants another one. */
static NnDataset *
open_data (Cli *cli, const Options *o, GError **error)
{
  g_autoptr (NnDataset) dataset = cli_import (cli, o->data, error);
  if (dataset == NULL)
    return NULL;
  if (o->val != NULL) {
    g_autoptr (NnDataset) val = cli_import (cli, o->val, error);
    return val != NULL ? nn_dataset_combine (dataset, val, NN_SPLIT_VAL, error) : NULL;
  }
  if (o->split != UNSET_FLOAT) {
    nn_dataset_split_carve (dataset, NN_SPLIT_VAL, NN_SPLIT_TRAIN, 1, (guint64) o->seed);
    if (o->split > 0)
      nn_dataset_split_carve (dataset, NN_SPLIT_TRAIN, NN_SPLIT_VAL, o->split, (guint64) o->seed);
  } else {
    nn_dataset_split_default (dataset, 0.1, (guint64) o->seed);
  }
  return g_steal_pointer (&dataset);
}

/* The log grows by a line an epoch and is flushed each time: a killed run leaves it readable. */
static FILE *
open_log (const char *path, GError **error)
{
  FILE *log = fopen (path, "w");
  if (log == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED, "The log “%s” can't be written: %s.", path, g_strerror (errno));
    return NULL;
  }
  fputs ("epoch,loss,accuracy,val_loss,val_accuracy,mistakes,learning_rate,seconds\n", log);
  return log;
}

static void
append_number (GString *line, double value, char end)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    g_string_append (line, g_ascii_formatd (text, sizeof text, "%.6g", value));
  g_string_append_c (line, end);
}

static gboolean
write_log (FILE *log, const char *path, guint epoch, const NnEpochMetrics *m, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "%u,", epoch);
  append_number (line, m->loss, ',');
  append_number (line, m->accuracy, ',');
  append_number (line, m->val_loss, ',');
  append_number (line, m->val_accuracy, ',');
  g_string_append_printf (line, "%" G_GUINT64_FORMAT ",", m->mistakes);
  append_number (line, m->learning_rate, ',');
  append_number (line, m->seconds, '\n');
  if (fputs (line->str, log) >= 0 && fflush (log) == 0)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_FAILED, "The log “%s” can't be written: %s.", path, g_strerror (errno));
  return FALSE;
}

static void
show_epoch (CliProgress *bar, const NnTrainReport *report, guint epoch)
{
  const NnEpochMetrics *m = &report->epochs[epoch];
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "epoch %u/%u", epoch + 1, report->n_epochs);
  if (report->perceptron)
    g_string_append_printf (line, "  mistakes %" G_GUINT64_FORMAT, m->mistakes);
  else
    g_string_append_printf (line, "  loss %.4f", m->loss);
  g_string_append_printf (line, "  accuracy %.2f %%", m->accuracy * 100);
  if (isfinite (m->val_loss))
    g_string_append_printf (line, "  val loss %.4f", m->val_loss);
  if (isfinite (m->val_accuracy))
    g_string_append_printf (line, "  val accuracy %.2f %%", m->val_accuracy * 100);
  g_autofree char *time = cli_format_time (m->seconds);
  cli_progress_line (bar, "%s  %s", line->str, time);
}

static void
show_step (CliProgress *bar, const NnTrainReport *report)
{
  if (report->prepared < 1) {
    cli_progress_update (bar, report->prepared, "what the backbone sees in the pictures");
    return;
  }
  double epoch = report->n_steps > 0 ? report->epoch + (double) report->step / report->n_steps : report->epoch;
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "epoch %u/%u  %.0f pictures/s", MIN (report->epoch + 1, report->n_epochs),
                          report->n_epochs, report->samples_per_second);
  if (report->n_step_metrics > 0) {
    const NnStepMetrics *last = &report->steps[report->n_step_metrics - 1];
    if (isfinite (last->loss))
      g_string_append_printf (text, "  loss %.4f", last->loss);
    g_string_append_printf (text, "  accuracy %.1f %%", last->accuracy * 100);
  }
  cli_progress_update (bar, report->n_epochs > 0 ? epoch / report->n_epochs : 0, text->str);
}

typedef struct {
  Cli *cli;
  const Options *options;
  NnTrainer *trainer;
  CliProgress *bar;
  FILE *log;
  guint epochs_before; /* of the run before this one, which is fine-tuned */
  guint epochs_seen;
  gboolean saved;
  double temperature; /* fitted to the validation set; 0: none */
  double difference;  /* of the file's answers to the device's */
  gint64 next_save;  /* not before */
} Run;

static gboolean
save (Run *self, NnModel *model, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  if (model == NULL || !nn_onnx_save (model, self->options->out, error))
    return FALSE;
  self->saved = TRUE;
  self->temperature = nn_model_has_temperature (model) ? nn_model_get_temperature (model) : 0;
  gint64 now = g_get_monotonic_time ();
  self->next_save = now + SAVE_PAUSE * (now - begun);
  return TRUE;
}

/* New epochs are told, logged, and the model is saved. */
static gboolean
follow (Run *self, GError **error)
{
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (self->trainer);
  gboolean grown = report->n_epoch_metrics > self->epochs_seen;
  for (; self->epochs_seen < report->n_epoch_metrics; self->epochs_seen++) {
    show_epoch (self->bar, report, self->epochs_seen);
    if (self->log != NULL
        && !write_log (self->log, self->options->log, self->epochs_before + self->epochs_seen + 1, &report->epochs[self->epochs_seen], error))
      return FALSE;
  }
  if (grown && (report->finished || g_get_monotonic_time () >= self->next_save)) {
    g_autoptr (NnModel) model = nn_trainer_create_model (self->trainer, error);
    if (!save (self, model, error))
      return FALSE;
  }
  show_step (self->bar, report);
  return TRUE;
}

static gboolean
train (Run *self, GError **error)
{
  while (!nn_trainer_is_finished (self->trainer)) {
    if (g_cancellable_is_cancelled (self->cli->cancellable)) {
      g_autoptr (NnModel) model = nn_trainer_create_model (self->trainer, error);
      return save (self, model, error);
    }
    if (!nn_trainer_advance (self->trainer, ADVANCE_MS, error) || !follow (self, error))
      return FALSE;
  }
  return TRUE;
}

/* After a failure the last good model is what the user gets; the message says so. */
static void
rescue (Run *self, GError **error)
{
  NnModel *good = nn_trainer_get_good (self->trainer);
  if (!self->saved && good != NULL)
    save (self, good, NULL);
  if (self->saved)
    g_prefix_error (error, "Training stopped; the model after epoch %u is in “%s”. ", self->epochs_seen,
                    self->options->out);
  else
    g_prefix_error (error, "Training stopped before anything was learnt. ");
}

static void
print_result (Run *self, NnContext *context, double seconds)
{
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (self->trainer);
  const NnEpochMetrics *last = report->n_epoch_metrics > 0 ? &report->epochs[report->n_epoch_metrics - 1] : NULL;
  gboolean interrupted = !nn_trainer_is_finished (self->trainer);
  if (!self->cli->json) {
    g_autofree char *time = cli_format_time (seconds);
    printf ("%s after %u of %u epochs, %s. The model is in %s\n",
            interrupted               ? "Stopped"
            : report->stopped_early ? "Stopped early, as nothing was gained,"
                                      : "Done",
            self->epochs_before + report->n_epoch_metrics, self->epochs_before + report->n_epochs, time,
            self->options->out);
    if (self->temperature > 0)
      printf ("How sure it is was brought in line with how often it is right: temperature %.4g\n", self->temperature);
    if (isfinite (self->difference))
      printf ("Verified by an independent evaluator: the largest difference of a probability is %.1e\n",
              self->difference);
    return;
  }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "model", self->options->out);
  cli_json_string (builder, "net", self->options->net);
  cli_json_string (builder, "device", nn_device_get_id (nn_context_get_device (context)));
  cli_json_int (builder, "epochs", self->epochs_before + report->n_epoch_metrics);
  cli_json_bool (builder, "interrupted", interrupted);
  cli_json_bool (builder, "stopped_early", report->stopped_early);
  cli_json_double (builder, "seconds", seconds);
  cli_json_double (builder, "loss", last != NULL ? last->loss : NAN);
  cli_json_double (builder, "accuracy", last != NULL ? last->accuracy : NAN);
  cli_json_double (builder, "val_loss", last != NULL ? last->val_loss : NAN);
  cli_json_double (builder, "val_accuracy", last != NULL ? last->val_accuracy : NAN);
  cli_json_double (builder, "temperature", self->temperature > 0 ? self->temperature : NAN);
  cli_json_double (builder, "export_difference", self->difference);
  cli_json_int (builder, "device_bytes", (gint64) report->device_bytes);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

/* The file that stays is verified: its answers are compared with the device's, and the difference goes into it. */
static gboolean
verify (Run *self, NnContext *context, const NnPixels *pixels, GError **error)
{
  g_autoptr (NnModel) model = nn_onnx_load (self->options->out, error);
  g_autoptr (NnExportSamples) samples = model != NULL ? nn_export_samples_new (context, model, pixels, error) : NULL;
  if (samples != NULL
      && nn_export_write (model, nn_export_find ("onnx", NULL), self->options->out, samples, self->cli->cancellable,
                          &self->difference, error))
    return TRUE;
  g_prefix_error (error, "The model is in “%s”, but it was not verified. ", self->options->out);
  return FALSE;
}

static gboolean
choose_defaults (Options *o, NnDataset *dataset, GError **error)
{
  guint height, width, channels = 3;
  gboolean photos = !nn_dataset_get_size (dataset, &height, &width, &channels) || channels == 3;
  if (o->net == NULL)
    o->net = g_strdup (photos ? "convnet-rgb" : "convnet");
  const NnTrainConfig usual = NN_TRAIN_CONFIG_DEFAULT, transfer = NN_TRAIN_CONFIG_TRANSFER;
  gboolean pretrained = nn_preset_is_pretrained (o->net);
  const NnTrainConfig *config = pretrained ? &transfer : &usual;
  if (o->batch == UNSET_INT)
    o->batch = photos || pretrained ? 32 : 128;
  if (o->epochs == UNSET_INT)
    o->epochs = (int) config->epochs;
  if (o->weight_decay == UNSET_FLOAT)
    o->weight_decay
        = pretrained ? nn_transfer_weight_decay (nn_dataset_count (dataset, NN_SPLIT_TRAIN, -1)) : config->weight_decay;
  if (o->augment == NULL)
    o->augment = g_strdup (config->augment);
  if (o->rate == UNSET_FLOAT)
    o->rate = o->optimizer == NULL ? config->learning_rate : 0;
  if (o->optimizer == NULL)
    o->optimizer = g_strdup (config->optimizer);
  o->spec = o->hidden > 0 ? nn_preset_with_hidden (o->net, (guint) o->hidden, error) : g_strdup (o->net);
  return o->spec != NULL;
}

/* The layers that the options set free go on learning from @model. */
static NnModel *
set_free (const Options *o, NnModel *model, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  if (nn_graph_count_blocks (graph) == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "The network “%s” has no frozen layers that --fine-tune could set free; use --net transfer.", o->net);
    return NULL;
  }
  g_autoptr (NnGraph) freed = nn_graph_new_unfrozen (graph, (guint) o->tune);
  return nn_model_new_copy (model, freed);
}

/* One trainer from its first step to its last. FALSE with @error: it failed, and what could be saved was. */
static gboolean
run_trainer (Run *self, NnContext *context, NnModel *start, NnPreparation *ready, const NnTrainConfig *config, GError **error)
{
  g_clear_pointer (&self->trainer, nn_trainer_free);
  g_autoptr (NnTuner) tuner = nn_tuning_new (context, start, ready->train->n, config);
  cli_tune (tuner, self->cli->cancellable);
  g_clear_pointer (&tuner, nn_tuner_free);
  self->trainer = nn_trainer_new (context, start, ready->train, ready->val, config, error);
  if (self->trainer == NULL)
    return FALSE;
  self->bar = cli_progress_new ();
  self->epochs_seen = 0;
  gboolean ok = train (self, error);
  g_clear_pointer (&self->bar, cli_progress_free);
  if (!ok)
    rescue (self, error);
  return ok;
}

/* Then the last blocks of the backbone learn too, slowly. */
static gboolean
fine_tune (Run *self, NnContext *context, NnPreparation *ready, GError **error)
{
  const Options *o = self->options;
  NnTrainConfig config = NN_TRAIN_CONFIG_FINE_TUNE;
  g_autoptr (NnModel) head = nn_trainer_create_model (self->trainer, error);
  g_autoptr (NnModel) start = head != NULL ? set_free (o, head, error) : NULL;
  if (start == NULL)
    return FALSE;
  config.epochs = (guint) o->tune_epochs;
  config.learning_rate = o->tune_rate;
  config.batch = (guint) o->batch;
  config.augment = g_intern_string (o->augment);
  config.seed = (guint64) o->seed;
  self->epochs_before = self->epochs_seen;
  g_printerr ("Fine-tuning the last %d blocks\n", o->tune);
  return run_trainer (self, context, start, ready, &config, error);
}

static gboolean
run_all (Run *self, NnContext *context, NnPreparation *ready, const NnTrainConfig *config, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  gboolean ok = run_trainer (self, context, ready->model, ready, config, error)
                && (self->options->tune == 0 || g_cancellable_is_cancelled (self->cli->cancellable)
                    || fine_tune (self, context, ready, error));
  if (ok && !g_cancellable_is_cancelled (self->cli->cancellable)
      && nn_graph_count_flops (nn_model_get_graph (ready->model)) <= MAX_VERIFIED_FLOPS)
    ok = verify (self, context, ready->val != NULL && ready->val->n > 0 ? ready->val : ready->train, error);
  if (ok)
    print_result (self, context, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_clear_pointer (&self->trainer, nn_trainer_free);
  return ok;
}

static gboolean
run (Cli *cli, Options *o, GError **error)
{
  g_autoptr (NnContext) context = cli_open_device (o->device, error);
  g_autoptr (NnDataset) dataset = context != NULL ? open_data (cli, o, error) : NULL;
  if (dataset == NULL)
    return FALSE;
  if (!choose_defaults (o, dataset, error))
    return FALSE;
  nn_choices_set_rules_only (nn_context_get_choices (context), o->no_tune);
  const NnTrainConfig config = {
    .epochs = (guint) o->epochs, .batch = (guint) o->batch, .optimizer = g_intern_string (o->optimizer),
    .learning_rate = o->rate, .momentum = o->momentum, .weight_decay = o->weight_decay,
    .schedule = g_intern_string (o->schedule), .warmup_epochs = o->warmup, .augment = g_intern_string (o->augment),
    .patience = (guint) o->patience, .seed = (guint64) o->seed,
  };
  if (!nn_train_config_check (&config, error))
    return FALSE;
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "reading the pictures" };
  g_autoptr (NnPreparation) ready = nn_preparation_new (dataset, o->spec, o->augment, (guint64) o->seed,
                                                        cli->cancellable, cli_reading_update, &reading, error);
  if (ready == NULL)
    return FALSE;
  g_clear_pointer (&bar, cli_progress_free);
  cli_print_rejects (dataset);
  g_printerr ("Training %s on %" G_GSIZE_FORMAT " pictures of %u classes, %" G_GSIZE_FORMAT " for validation, on %s\n",
              o->net, ready->train->n, nn_dataset_get_n_classes (dataset), ready->val != NULL ? ready->val->n : 0,
              nn_device_get_name (nn_context_get_device (context)));
  if (o->kernels_of != NULL && !cli_take_kernels (o->kernels_of, ready->model, error))
    return FALSE;
  if (o->tune > 0) {
    g_autoptr (NnModel) possible = set_free (o, ready->model, error);
    if (possible == NULL)
      return FALSE;
  }
  Run self = { .cli = cli, .options = o, .difference = NAN };
  if (o->log != NULL && (self.log = open_log (o->log, error)) == NULL)
    return FALSE;
  gboolean ok = run_all (&self, context, ready, &config, error);
  if (self.log != NULL)
    fclose (self.log);
  return ok;
}

gboolean
cli_run_train (Cli *cli, int argc, char **argv, GError **error)
{
  const NnTrainConfig usual = NN_TRAIN_CONFIG_DEFAULT, tune = NN_TRAIN_CONFIG_FINE_TUNE;
  g_auto (Options) options = {
    .split = UNSET_FLOAT, .rate = UNSET_FLOAT, .batch = UNSET_INT, .epochs = UNSET_INT, .momentum = usual.momentum,
    .weight_decay = UNSET_FLOAT, .seed = (gint64) usual.seed, .schedule = g_strdup (usual.schedule),
    .tune_epochs = (int) tune.epochs, .tune_rate = tune.learning_rate,
  };
  return parse (cli, &options, &argc, &argv, error) && run (cli, &options, error);
}
