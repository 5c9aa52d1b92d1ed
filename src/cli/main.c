/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"
#include "interrupt.h"
#include "output.h"

#include "cl/device-list.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Every command: one row here, one file beside this one. */
static const CliCommand commands[] = {
  { "devices", "", "List the OpenCL devices of this computer", NULL, 0, 0, cli_run_devices },
  { "selftest", "", "Compare every kernel with its C reference on a device", NULL, 0, 0, cli_run_selftest },
  { "bench", "", "Measure the training step, or the time to classify one picture", NULL, 0, 0, cli_run_bench },
  { "inspect", "DATA…", "Tell the classes, counts and unusable files of a data set, or about a model",
    "DATA is a folder with one folder a class (with train, val, test above them or not), several such class folders, "
    "a folder of IDX files, an archive of either, or a CSV of path and label. Of a model file (.onnx) it tells the "
    "network, its input and classes.",
    1, G_MAXINT, cli_run_inspect },
  { "train", "", "Train a network on pictures",
    "The model is written after every epoch. Ctrl-C stops after the current step and saves; a second one ends at once.",
    0, 0, cli_run_train },
  { "evaluate", "", "Measure a model: accuracy, loss, confusion matrix, precision and recall", NULL, 0, 0,
    cli_run_evaluate },
  { "compare", "MODEL_A MODEL_B", "Measure two models on the same pictures, and whether one is really better",
    "Accuracies come with an interval of 95 % confidence (Wilson 1927). McNemar's test (1947) asks whether pictures that "
    "only one of the models has right are more than chance; p is two-sided and exact.",
    2, 2, cli_run_compare },
  { "predict", "FILE|FOLDER…", "Classify pictures or drawings",
    "Each line of a file of drawings is an object {\"label\":\"7\",\"strokes\":[[[x,y],…],…]}, y downwards, in any unit; "
    "the label may be left out.",
    0, G_MAXINT, cli_run_predict },
  { "explain", "MODEL PICTURE", "Show what of a picture speaks for a class, as a heat map",
    "grad-cam looks at what a layer of the network sees (Selvaraju et al. 2017), occlusion at how much the probability "
    "falls when a patch covers a part (Zeiler and Fergus 2014); the latter works for every network.",
    2, 2, cli_run_explain },
  { "export", "MODEL", "Write a model in the form of other programs, and verify it",
    "What an ONNX file says is computed by an interpreter that shares no code with the engine, and compared with the "
    "engine's answers before the file is written; the largest difference is printed and kept in its metadata.",
    1, 1, cli_run_export },
  { "run-onnx", "MODEL.onnx [IN.npy…]", "Run an ONNX file of any program on the processor, slowly and in double",
    "The inputs are files of NumPy's save(), in the order of the model's inputs. The exit code is 3 where something in "
    "the model isn't supported; the message names the node and the reason.",
    1, G_MAXINT, cli_run_run_onnx },
  { "synthesise", "", "Draw digits in the styles of the world, as IDX files", NULL, 0, 0, cli_run_synthesise },
};

static void
print_usage (FILE *stream)
{
  fprintf (stream, "Usage: perceptron-cli COMMAND [OPTION…]\n\n"
                   "Train an image classifier on an OpenCL device, and use it.\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-11s %s\n", commands[i].name, commands[i].summary);
  fprintf (stream, "\n“perceptron-cli COMMAND --help” tells a command's options.\n"
                   "Every command takes --json: one JSON object on standard output.\n"
                   "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 no OpenCL device.\n");
}

static const CliCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static int
exit_code (const Cli *cli, const GError *error)
{
  if (cli->exit_unsupported != 0 && g_error_matches (error, NN_ERROR, NN_ERROR_UNSUPPORTED))
    return cli->exit_unsupported;
  if (error->domain == G_OPTION_ERROR)
    return CLI_EXIT_BAD_INPUT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return CLI_EXIT_BAD_INPUT;
  if (g_error_matches (error, NN_ERROR, NN_ERROR_BAD_INPUT) || g_error_matches (error, NN_ERROR, NN_ERROR_UNSUPPORTED))
    return CLI_EXIT_BAD_INPUT;
  if (g_error_matches (error, NN_ERROR, NN_ERROR_NO_DEVICE))
    return CLI_EXIT_NO_DEVICE;
  return CLI_EXIT_FAILED;
}

static int
run (const CliCommand *command, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  cli_interrupt_install (cancellable);
  Cli cli = { .command = command, .cancellable = cancellable };
  if (command->run (&cli, argc, argv, &error) && cli_flush (&error))
    return CLI_EXIT_OK;
  if (error->domain == G_OPTION_ERROR)
    g_printerr ("perceptron-cli: %s. See “perceptron-cli %s --help”.\n", error->message, command->name);
  else
    g_printerr ("perceptron-cli: %s\n", error->message);
  return exit_code (&cli, error);
}

int
main (int argc, char **argv)
{
  nn_device_prepare_environment ();
  setlocale (LC_ALL, "");
  if (!g_str_equal (nl_langinfo (CODESET), "UTF-8") && g_str_equal (setlocale (LC_CTYPE, NULL), "C"))
    setlocale (LC_CTYPE, "C.UTF-8"); /* no locale was chosen, as in containers: names of files are UTF-8 still */
  setlocale (LC_NUMERIC, "C"); /* tables and CSV files look the same everywhere */
  if (argc < 2) {
    print_usage (stderr);
    return CLI_EXIT_BAD_INPUT;
  }
  const char *word = argv[1];
  if (g_str_equal (word, "--help") || g_str_equal (word, "-h") || (g_str_equal (word, "help") && argc == 2)) {
    print_usage (stdout);
    return CLI_EXIT_OK;
  }
  if (g_str_equal (word, "--version")) {
    puts ("perceptron-cli " PACKAGE_VERSION);
    return CLI_EXIT_OK;
  }
  if (g_str_equal (word, "help")) {
    char *help[] = { argv[0], argv[2], (char *) "--help", NULL };
    const CliCommand *command = find_command (argv[2]);
    if (command != NULL)
      return run (command, 2, help + 1);
    word = argv[2];
  }
  const CliCommand *command = find_command (word);
  if (command == NULL) {
    g_printerr ("perceptron-cli: “%s” is not a command. “perceptron-cli --help” lists them.\n", word);
    return CLI_EXIT_BAD_INPUT;
  }
  return run (command, argc - 1, argv + 1);
}
