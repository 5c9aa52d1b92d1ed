/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <math.h>
#include <unistd.h>

gboolean
cli_parse (Cli *self, const GOptionEntry *entries, int *argc, char ***argv, GError **error)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print one JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (self->command->arguments);
  g_autofree char *program = g_strconcat ("perceptron-cli ", self->command->name, NULL);
  g_set_prgname (program);
  g_option_context_set_summary (context, self->command->summary);
  g_option_context_set_description (context, self->command->details);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  /* GLib leaves "--" in place when something that starts with a dash follows it. */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--")) {
    (*argv)[1] = (*argv)[0];
    ++*argv;
    --*argc;
  }
  int n = *argc - 1;
  if (n < self->command->n_min) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing", self->command->arguments);
    return FALSE;
  }
  if (n > self->command->n_max) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is one argument too many",
                 (*argv)[self->command->n_max + 1]);
    return FALSE;
  }
  return TRUE;
}

gboolean
cli_check_int (const char *option, gint64 value, gint64 min, gint64 max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               "%s is %" G_GINT64_FORMAT "; it must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".",
               option, value, min, max);
  return FALSE;
}

gboolean
cli_check_float (const char *option, double value, double min, double max, GError **error)
{
  if (isfinite (value) && value >= min && value <= max)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "%s is %g; it must be a number from %g to %g.", option, value, min,
               max);
  return FALSE;
}

gboolean
cli_check_output (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_filename_display_name (path);
  const char *reason = NULL;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    reason = "it is a folder; give the name of a file";
  else if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    reason = "its folder does not exist; make it first";
  else if (access (folder, W_OK | X_OK) != 0)
    reason = "its folder cannot be written to; choose another one";
  if (reason == NULL)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” cannot be written: %s.", shown, reason);
  return FALSE;
}
