/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The download is a script of its own, data/fetch-backbone.py, which checks what it gets: the program itself never opens a
 * connection. */
#include "config.h"

#include "pages/model/backbone-group.h"

#include "settings.h"
#include "train/backbone.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct _PcnBackboneGroup {
  AdwPreferencesGroup parent_instance;
  AdwActionRow *row;
  GtkWidget *download, *cancel;
  GtkProgressBar *progress;
  PcnNetwork *network;
  GSubprocess *loading; /* while the script runs */
  GDataInputStream *said;
  int percent;       /* of the download; negative before the first word of it */
  GString *message;  /* what it said last that isn't progress */
  char *failure;     /* nullable: the same, once it has failed */
  gboolean cancelled;
};

G_DEFINE_FINAL_TYPE (PcnBackboneGroup, pcn_backbone_group, ADW_TYPE_PREFERENCES_GROUP)

static guint
count_layers (PcnBackboneGroup *self)
{
  GListModel *layers = pcn_network_get_layers (self->network);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (layers); i++) {
    g_autoptr (PcnLayer) layer = g_list_model_get_item (layers, i);
    n += pcn_layer_get_of_backbone (layer);
  }
  return n;
}

/* The argument list that obtains the backbone, or NULL where that can't be done from here. */
static char **
make_command (void)
{
  g_autofree char *script = pcn_settings_find_data ("fetch-backbone.py");
  g_autofree char *python = g_find_program_in_path ("python3");

  if (!python || !g_file_test (script, G_FILE_TEST_IS_REGULAR))
    return NULL;
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_strv_builder_add_many (command, python, script, "--progress", NULL);
  return g_strv_builder_end (command);
}

static char *
describe (PcnBackboneGroup *self, const NnBackbone *backbone, gboolean present, gboolean can_load)
{
  g_autofree char *size = g_format_size (backbone->download_bytes);
  guint n = count_layers (self);

  if (self->loading && self->percent >= 0)
    /* Translators: how much of a download has come in percent, and its size, such as 17.4 MB */
    return g_strdup_printf (_ ("%d %% of %s"), self->percent, size);
  if (self->loading)
    /* Translators: a size, such as 17.4 MB */
    return g_strdup_printf (_ ("Downloading %s…"), size);
  if (present)
    /* Translators: the second %s is a licence */
    return g_strdup_printf (ngettext ("%u layer that has learnt from a million photos. Yours teach the layers below it. "
                                      "Licence: %s",
                                      "%u layers that have learnt from a million photos. Yours teach the layers below "
                                      "them. Licence: %s",
                                      n),
                            n, backbone->licence);
  if (self->failure)
    return g_strdup (self->failure);
  if (can_load)
    /* Translators: a size and a licence */
    return g_strdup_printf (_ ("Not on this computer yet: a download of %s. Licence: %s"), size, backbone->licence);
  /* Translators: a size and a licence; the words in quotation marks are a command, leave them as they are */
  return g_strdup_printf (_ ("Not on this computer yet: “./dev data backbone” in the program’s source tree obtains it (%s). "
                             "Licence: %s"),
                          size, backbone->licence);
}

static void
update (PcnBackboneGroup *self)
{
  const NnBackbone *backbone = nn_backbone_get (pcn_network_get_pretrained (self->network));

  gtk_widget_set_visible (GTK_WIDGET (self), backbone != NULL);
  if (!backbone)
    return;
  g_autofree char *path = nn_backbone_find (backbone->name);
  g_auto (GStrv) command = make_command ();
  g_autofree char *text = describe (self, backbone, path != NULL, command != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), backbone->title);
  adw_action_row_set_subtitle (self->row, text);
  gtk_widget_set_visible (self->download, path == NULL && command != NULL && !self->loading);
  gtk_widget_set_visible (self->cancel, self->loading != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->loading != NULL);
  gtk_progress_bar_set_fraction (self->progress, MAX (self->percent, 0) / 100.0);
}

#define PROGRESS "progress "
#define NAME "fetch-backbone: "

/* What it says under its own name is what to do, perhaps in several lines; its name says nothing to people. */
static void
take_line (PcnBackboneGroup *self, const char *line)
{
  if (g_str_has_prefix (line, PROGRESS)) {
    self->percent = CLAMP (atoi (line + strlen (PROGRESS)), 0, 100);
    update (self);
  } else if (g_str_has_prefix (line, NAME)) {
    g_string_assign (self->message, line + strlen (NAME));
  } else if (self->message->len > 0) {
    g_string_append_printf (self->message, "\n%s", line);
  }
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnBackboneGroup) self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (!g_subprocess_get_successful (G_SUBPROCESS (source)) && !self->cancelled)
    self->failure = g_strdup (self->message->len > 0 ? self->message->str : _ ("The download failed."));
  g_clear_object (&self->loading);
  g_clear_object (&self->said);
  if (self->network)
    update (self);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnBackboneGroup) self = data;
  g_autofree char *raw = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!raw) {
    g_subprocess_wait_async (self->loading, NULL, on_ended, g_object_ref (self));
    return;
  }
  g_autofree char *line = g_utf8_make_valid (raw, -1);
  if (self->network)
    take_line (self, line);
  g_data_input_stream_read_line_async (self->said, G_PRIORITY_DEFAULT, NULL, on_line, g_object_ref (self));
}

static void
on_download (PcnBackboneGroup *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) command = make_command ();

  if (!command || self->loading)
    return;
  g_clear_pointer (&self->failure, g_free);
  g_string_truncate (self->message, 0);
  self->percent = -1;
  self->cancelled = FALSE;
  self->loading = g_subprocess_newv ((const char *const *) command,
                                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  if (self->loading) {
    self->said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->loading));
    g_data_input_stream_read_line_async (self->said, G_PRIORITY_DEFAULT, NULL, on_line, g_object_ref (self));
  } else {
    self->failure = g_strdup (error->message);
  }
  update (self);
}

/* It ends what it has started, and leaves nothing behind. */
static void
stop_loading (PcnBackboneGroup *self)
{
  self->cancelled = TRUE;
  if (self->loading)
    g_subprocess_send_signal (self->loading, SIGTERM);
}

static void
on_cancel (PcnBackboneGroup *self)
{
  stop_loading (self);
}

static void
pcn_backbone_group_dispose (GObject *object)
{
  PcnBackboneGroup *self = PCN_BACKBONE_GROUP (object);

  stop_loading (self);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (pcn_backbone_group_parent_class)->dispose (object);
}

static void
pcn_backbone_group_finalize (GObject *object)
{
  PcnBackboneGroup *self = PCN_BACKBONE_GROUP (object);

  g_clear_object (&self->loading);
  g_clear_object (&self->said);
  g_clear_pointer (&self->failure, g_free);
  g_string_free (self->message, TRUE);
  G_OBJECT_CLASS (pcn_backbone_group_parent_class)->finalize (object);
}

static void
pcn_backbone_group_class_init (PcnBackboneGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_backbone_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = pcn_backbone_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/backbone-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, row);
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, download);
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, cancel);
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_download);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
pcn_backbone_group_init (PcnBackboneGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->message = g_string_new (NULL);
}

void
pcn_backbone_group_set_network (PcnBackboneGroup *self, PcnNetwork *network)
{
  g_return_if_fail (PCN_IS_BACKBONE_GROUP (self) && PCN_IS_NETWORK (network));

  if (!g_set_object (&self->network, network))
    return;
  g_signal_connect_object (network, "checked", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* It may have come by a command meanwhile. */
  g_signal_connect_object (self, "map", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
