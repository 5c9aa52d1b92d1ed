/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The download is a script of its own, data/fetch-backbone.py, which checks what it gets: the program itself never opens a
 * connection. */
#include "config.h"

#include "pages/model/backbone-group.h"

#include "settings.h"
#include "train/backbone.h"

#include <glib/gi18n.h>
#include <string.h>

struct _PcnBackboneGroup {
  AdwPreferencesGroup parent_instance;
  AdwActionRow *row;
  GtkWidget *download;
  GtkSpinner *spinner;
  PcnNetwork *network;
  GCancellable *loading; /* while the script runs */
  char *failure;         /* nullable: what it said last */
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
  g_strv_builder_add_many (command, python, script, NULL);
  return g_strv_builder_end (command);
}

static char *
describe (PcnBackboneGroup *self, const NnBackbone *backbone, gboolean present, gboolean can_load)
{
  g_autofree char *size = g_format_size (backbone->download_bytes);
  guint n = count_layers (self);

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
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->loading != NULL);
  gtk_spinner_set_spinning (self->spinner, self->loading != NULL);
}

/* The last line says what to do; its name says nothing to people. */
static char *
shorten (const char *said)
{
  g_autofree char *text = g_strstrip (g_utf8_make_valid (said ? said : "", -1));
  const char *prefix = "fetch-backbone: ";

  if (g_str_has_prefix (text, prefix))
    return g_strdup (text + strlen (prefix));
  return g_strdup (*text ? text : _ ("The download failed."));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnBackboneGroup) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  gboolean ok = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &said, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->loading);
  g_clear_pointer (&self->failure, g_free);
  if (!ok)
    self->failure = g_strdup (error->message);
  else if (!g_subprocess_get_successful (G_SUBPROCESS (source)))
    self->failure = shorten (said);
  update (self);
}

static void
on_download (PcnBackboneGroup *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) command = make_command ();

  if (!command || self->loading)
    return;
  g_clear_pointer (&self->failure, g_free);
  g_autoptr (GSubprocess) process
      = g_subprocess_newv ((const char *const *) command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                           &error);
  if (process) {
    self->loading = g_cancellable_new ();
    g_subprocess_communicate_utf8_async (process, NULL, self->loading, on_loaded, g_object_ref (self));
  } else {
    self->failure = g_strdup (error->message);
  }
  update (self);
}

static void
pcn_backbone_group_dispose (GObject *object)
{
  PcnBackboneGroup *self = PCN_BACKBONE_GROUP (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->network);
  g_clear_pointer (&self->failure, g_free);
  G_OBJECT_CLASS (pcn_backbone_group_parent_class)->dispose (object);
}

static void
pcn_backbone_group_class_init (PcnBackboneGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_backbone_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/backbone-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, row);
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, download);
  gtk_widget_class_bind_template_child (widget_class, PcnBackboneGroup, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_download);
}

static void
pcn_backbone_group_init (PcnBackboneGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
