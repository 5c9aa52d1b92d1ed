/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three things must have ended before a child is done: its output, its messages and the process. What it
 * reads, writes and waits for goes through GIO's asynchronous calls. */
#include "config.h"

#include "session/child.h"
#include "settings.h"

#include <glib/gi18n.h>
#include <string.h>

/* Compiling every kernel of a family takes some drivers a minute; a driver that says nothing for this long
 * hangs. */
#define SILENCE_SECONDS 300

struct _PcnChild {
  GObject parent_instance;
  char **arguments;
  GSubprocess *process;
  GDataInputStream *output, *messages;
  guint n_open;
  guint watchdog;
  char *last_message;
  gboolean cancelled, hangs;
};

G_DEFINE_FINAL_TYPE (PcnChild, pcn_child, G_TYPE_OBJECT)

enum { LINE, DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
describe_end (PcnChild *self, gboolean *crashed)
{
  *crashed = FALSE;
  if (self->cancelled)
    return NULL;
  if (self->hangs)
    return g_strdup (_ ("The driver no longer answered and was stopped. A newer driver may help."));
  if (g_subprocess_get_if_signaled (self->process)) {
    *crashed = TRUE;
    /* Translators: the process that tested a device died; %s is what the system says, such as “Segmentation
     * fault” */
    return g_strdup_printf (
        _ ("The driver crashed: %s. A newer driver may help; this program is not affected."),
        strsignal (g_subprocess_get_term_sig (self->process)));
  }
  if (g_subprocess_get_exit_status (self->process) == 0)
    return NULL;
  return g_strdup (self->last_message ? self->last_message : _ ("The test ended without a reason."));
}

static void
close_one (PcnChild *self)
{
  gboolean crashed;

  if (--self->n_open > 0)
    return;
  g_clear_handle_id (&self->watchdog, g_source_remove);
  g_autofree char *problem = describe_end (self, &crashed);
  g_signal_emit (self, signals[DONE], 0, problem, crashed);
}

static gboolean
on_silence (gpointer data)
{
  PcnChild *self = data;

  self->watchdog = 0;
  self->hangs = TRUE;
  g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

static void
restart_watchdog (PcnChild *self)
{
  g_clear_handle_id (&self->watchdog, g_source_remove);
  self->watchdog = g_timeout_add_seconds (SILENCE_SECONDS, on_silence, self);
}

static void
take_line (PcnChild *self, const char *line)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (self->cancelled || !json_parser_load_from_data (parser, line, -1, NULL))
    return;
  JsonNode *root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root))
    g_signal_emit (self, signals[LINE], 0, json_node_get_object (root));
}

static void
on_output (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnChild) self = data;
  g_autofree char *line
      = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!line) {
    close_one (self);
    return;
  }
  restart_watchdog (self);
  take_line (self, line);
  g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, NULL, on_output,
                                       g_object_ref (self));
}

/* Drivers write what they like to standard error; the program's own last word has its name in front. */
static void
on_message (GObject *source, GAsyncResult *result, gpointer data)
{
  static const char prefix[] = "perceptron-cli: ";
  g_autoptr (PcnChild) self = data;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!line) {
    close_one (self);
    return;
  }
  if (g_str_has_prefix (line, prefix)) {
    g_free (self->last_message);
    self->last_message = g_utf8_make_valid (line + strlen (prefix), -1);
  }
  g_data_input_stream_read_line_async (self->messages, G_PRIORITY_DEFAULT, NULL, on_message,
                                       g_object_ref (self));
}

static void
on_process_end (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnChild) self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  close_one (self);
}

static gboolean
tell_no_start (gpointer data)
{
  PcnChild *self = data;

  g_signal_emit (self, signals[DONE], 0, self->cancelled ? NULL : self->last_message, FALSE);
  return G_SOURCE_REMOVE;
}

void
pcn_child_start (PcnChild *self)
{
  g_return_if_fail (PCN_IS_CHILD (self));
  g_return_if_fail (!self->process);

  g_autoptr (GError) error = NULL;
  self->process = g_subprocess_newv ((const char *const *) self->arguments,
                                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  if (!self->process) {
    /* Translators: %s is the reason */
    self->last_message = g_strdup_printf (
        _ ("The program that tests devices, perceptron-cli, can’t be started: %s"), error->message);
    g_idle_add_full (G_PRIORITY_DEFAULT, tell_no_start, g_object_ref (self), g_object_unref);
    return;
  }
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  self->messages = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  self->n_open = 3;
  restart_watchdog (self);
  g_data_input_stream_read_line_async (self->output, G_PRIORITY_DEFAULT, NULL, on_output,
                                       g_object_ref (self));
  g_data_input_stream_read_line_async (self->messages, G_PRIORITY_DEFAULT, NULL, on_message,
                                       g_object_ref (self));
  g_subprocess_wait_async (self->process, NULL, on_process_end, g_object_ref (self));
}

void
pcn_child_cancel (PcnChild *self)
{
  g_return_if_fail (PCN_IS_CHILD (self));

  self->cancelled = TRUE;
  if (self->process)
    g_subprocess_force_exit (self->process);
}

static void
pcn_child_finalize (GObject *object)
{
  PcnChild *self = PCN_CHILD (object);

  g_clear_handle_id (&self->watchdog, g_source_remove);
  g_clear_object (&self->output);
  g_clear_object (&self->messages);
  g_clear_object (&self->process);
  g_strfreev (self->arguments);
  g_free (self->last_message);
  G_OBJECT_CLASS (pcn_child_parent_class)->finalize (object);
}

static void
pcn_child_class_init (PcnChildClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pcn_child_finalize;
  signals[LINE] = g_signal_new ("line", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                JSON_TYPE_OBJECT | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
pcn_child_init (PcnChild *self)
{
}

PcnChild *
pcn_child_new (const char *const *arguments)
{
  PcnChild *self = g_object_new (PCN_TYPE_CHILD, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = pcn_settings_find_cli ();

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) arguments);
  g_strv_builder_add (builder, "--lines");
  self->arguments = g_strv_builder_end (builder);
  return self;
}
