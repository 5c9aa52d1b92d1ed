/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-data.h"

#include "train/self-test.h"

#include <math.h>
#include <stdio.h>

typedef struct {
  Cli *cli;
  CliProgress *bar;
  JsonBuilder *builder;
  gboolean verbose;
  guint n_passed;
} Printer;

static void
print_failure (const NnSelfTestResult *r)
{
  if (r->message != NULL)
    printf ("FAILED  %s\n        %s\n", r->name, r->message);
  else
    printf ("FAILED  %s\n        differs most at %s[%" G_GSIZE_FORMAT "]: got %.9g, the reference gives %.9g; "
            "error %.3g, allowed %.3g\n",
            r->name, r->check.where, r->check.index, r->check.got, r->check.wanted, r->check.worst, r->tolerance);
}

static void
add_json (JsonBuilder *builder, const NnSelfTestResult *r)
{
  json_builder_begin_object (builder);
  cli_json_string (builder, "name", r->name);
  cli_json_bool (builder, "passed", r->passed);
  cli_json_double (builder, "error", r->message == NULL ? r->check.worst : NAN);
  cli_json_double (builder, "tolerance", r->tolerance);
  cli_json_double (builder, "seconds", r->seconds);
  if (!r->passed && r->message == NULL) {
    cli_json_string (builder, "where", r->check.where);
    cli_json_int (builder, "index", (gint64) r->check.index);
    cli_json_double (builder, "got", r->check.got);
    cli_json_double (builder, "wanted", r->check.wanted);
  }
  cli_json_string (builder, "message", r->message);
  json_builder_end_object (builder);
}

static void
on_result (const NnSelfTestResult *result, gpointer data)
{
  Printer *self = data;
  cli_progress_update (self->bar, (double) result->index / result->n, result->name);
  self->n_passed += result->passed;
  add_json (self->builder, result);
  if (self->cli->json)
    return;
  if (!result->passed)
    print_failure (result);
  else if (self->verbose)
    printf ("ok      %-60s error %.2g\n", result->name, result->check.worst);
}

static gboolean
run (Cli *cli, const char *wanted, const char *only, gboolean verbose, GError **error)
{
  g_autoptr (NnContext) context = cli_open_device (wanted, error);
  if (context == NULL)
    return FALSE;
  NnDevice *device = nn_context_get_device (context);
  g_autoptr (CliProgress) bar = cli_progress_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "device", nn_device_get_id (device));
  json_builder_set_member_name (builder, "tests");
  json_builder_begin_array (builder);
  Printer printer = { .cli = cli, .bar = bar, .builder = builder, .verbose = verbose };
  gint64 start = g_get_monotonic_time ();
  guint n_failed = 0;
  gboolean complete = nn_self_test_run (context, only, on_result, &printer, cli->cancellable, &n_failed, error);
  g_clear_pointer (&bar, cli_progress_free);
  if (!complete)
    return FALSE;
  if (printer.n_passed + n_failed == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "No test has “%s” in its name.", only);
    return FALSE;
  }
  json_builder_end_array (builder);
  cli_json_int (builder, "passed", printer.n_passed);
  cli_json_int (builder, "failed", n_failed);
  cli_json_double (builder, "seconds", (double) (g_get_monotonic_time () - start) / 1e6);
  json_builder_end_object (builder);
  if (cli->json)
    cli_print_json (builder);
  else
    printf ("%s: %u passed, %u failed\n", nn_device_get_name (device), printer.n_passed, n_failed);
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_FAILED,
               "%u of %u tests failed on “%s”: don't trust what it computes; try another device or a newer driver.",
               n_failed, n_failed + printer.n_passed, nn_device_get_name (device));
  return FALSE;
}

gboolean
cli_run_selftest (Cli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *device = NULL, *only = NULL;
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, "Id, number or part of the name (default: the best)", "D" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &only, "Tests with this in their name", "TEXT" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Tell what passed too, with its error", NULL },
    G_OPTION_ENTRY_NULL,
  };
  return cli_parse (cli, entries, &argc, &argv, error) && run (cli, device, only, verbose, error);
}
