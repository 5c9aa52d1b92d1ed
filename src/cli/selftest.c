/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-data.h"

#include "train/self-test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
add_members (JsonBuilder *builder, const NnSelfTestResult *r)
{
  cli_json_string (builder, "name", r->name);
  cli_json_string (builder, "family", r->family);
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
}

/* One event a line: who reads them knows what was going on when a driver takes this process down. A reader that has
 * gone away ends the test. */
static void
end_line (Cli *cli, JsonBuilder *builder)
{
  json_builder_end_object (builder);
  if (!cli_print_json_line (builder, NULL))
    g_cancellable_cancel (cli->cancellable);
}

static JsonBuilder *
begin_line (const char *event)
{
  JsonBuilder *builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "event", event);
  return builder;
}

/* Tells beforehand what will be done. */
static void
print_start (Cli *cli, const char *device, const char *only)
{
  g_autoptr (JsonBuilder) builder = begin_line ("start");
  cli_json_string (builder, "device", device);
  json_builder_set_member_name (builder, "tests");
  json_builder_begin_array (builder);
  for (guint i = 0; i < nn_self_test_count (); i++) {
    g_autofree char *name = nn_self_test_name (i);
    if (only != NULL && strstr (name, only) == NULL)
      continue;
    json_builder_begin_object (builder);
    cli_json_string (builder, "name", name);
    cli_json_string (builder, "family", nn_self_test_family (i));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  end_line (cli, builder);
}

static void
on_result (const NnSelfTestResult *result, gpointer data)
{
  Printer *self = data;
  self->n_passed += result->passed;
  if (self->cli->lines) {
    g_autoptr (JsonBuilder) line = begin_line ("result");
    add_members (line, result);
    end_line (self->cli, line);
    return;
  }
  cli_progress_update (self->bar, (double) result->index / result->n, result->name);
  json_builder_begin_object (self->builder);
  add_members (self->builder, result);
  json_builder_end_object (self->builder);
  if (self->cli->json)
    return;
  if (!result->passed)
    print_failure (result);
  else if (self->verbose)
    printf ("ok      %-60s error %.2g\n", result->name, result->check.worst);
}

static void
print_end (Printer *self, const char *device, guint n_failed, double seconds)
{
  JsonBuilder *builder = self->builder;
  g_autoptr (JsonBuilder) line = self->cli->lines ? begin_line ("end") : NULL;
  if (line == NULL)
    json_builder_end_array (builder);
  cli_json_int (line ? line : builder, "passed", self->n_passed);
  cli_json_int (line ? line : builder, "failed", n_failed);
  cli_json_double (line ? line : builder, "seconds", seconds);
  if (line != NULL)
    end_line (self->cli, line);
  else
    json_builder_end_object (builder);
  if (self->cli->json)
    cli_print_json (builder);
  else if (!self->cli->lines)
    printf ("%s: %u passed, %u failed\n", device, self->n_passed, n_failed);
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
  if (cli->lines)
    print_start (cli, nn_device_get_id (device), only);
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
  print_end (&printer, nn_device_get_name (device), n_failed, (double) (g_get_monotonic_time () - start) / 1e6);
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
    { "lines", 0, 0, G_OPTION_ARG_NONE, &cli->lines, "Print a JSON object for each test as soon as it is done", NULL },
    G_OPTION_ENTRY_NULL,
  };
  return cli_parse (cli, entries, &argc, &argv, error) && run (cli, device, only, verbose, error);
}
