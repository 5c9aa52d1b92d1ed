/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The frame of the commands. A command is one file with one function and one row in the table of main.c. It parses its
 * options with cli_parse(), does its work, prints to standard output, and returns FALSE with an error otherwise;
 * main.c turns the error into a message and an exit code. */

/** Exit codes of the program, the same for every command */
enum {
  CLI_EXIT_OK = 0,
  CLI_EXIT_FAILED = 1,
  CLI_EXIT_BAD_INPUT = 2,
  CLI_EXIT_NO_DEVICE = 3,
  CLI_EXIT_UNSUPPORTED = 3, /* of run-onnx, which needs no device: the model is sound, but beyond this program */
};

typedef struct _Cli Cli;

/**
 * CliCommand:
 * @name: the word after "perceptron-cli"
 * @arguments: what follows it, for the help: "DATA"
 * @summary: one line for the list of commands; @details: (nullable): further lines of its own help
 * @n_min, @n_max: how many arguments besides options it takes; G_MAXINT for any number
 */
typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  const char *details;
  int n_min, n_max;
  gboolean (*run) (Cli *cli, int argc, char **argv, GError **error);
} CliCommand;

/**
 * Cli: what a command is called with
 * @json: set by cli_parse(): one JSON object on standard output and nothing else there
 * @lines: of the commands that have --lines: an object a line instead, each written out at once
 * @cancellable: cancelled by Ctrl-C
 * @exit_unsupported: exit code for NN_ERROR_UNSUPPORTED, where a command wants another than CLI_EXIT_BAD_INPUT
 */
struct _Cli {
  const CliCommand *command;
  gboolean json;
  gboolean lines;
  GCancellable *cancellable;
  int exit_unsupported;
};

/**
 * cli_parse:
 * @entries: the command's own options, ending with an empty row; --json and --help are added
 *
 * Parses options and checks the number of arguments. With --help it prints the help and ends the program.
 * Afterwards @argv holds the arguments that are left, from 1, as in main().
 */
gboolean cli_parse (Cli *self, const GOptionEntry *entries, int *argc, char ***argv, GError **error);

/** cli_check_int, cli_check_float: whether the value of @option lies in [@min, @max]; else NN_ERROR_BAD_INPUT */
gboolean cli_check_int (const char *option, gint64 value, gint64 min, gint64 max, GError **error);
gboolean cli_check_float (const char *option, double value, double min, double max, GError **error);

/** cli_check_output: whether a file could be written at @path: fails before the work rather than after it */
gboolean cli_check_output (const char *path, GError **error);

gboolean cli_run_devices (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_selftest (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_bench (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_inspect (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_train (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_evaluate (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_compare (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_predict (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_explain (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_export (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_run_onnx (Cli *cli, int argc, char **argv, GError **error);
gboolean cli_run_synthesise (Cli *cli, int argc, char **argv, GError **error);

/** cli_inspect_model: what "inspect" prints of a model file */
gboolean cli_inspect_model (Cli *cli, const char *path, GError **error);

G_END_DECLS
