/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interface org.freedesktop.FileManager1 can select a file; where nobody offers it, the folder alone is
 * opened. */
#include "config.h"

#include "export/show-in-folder.h"

typedef struct {
  GtkWindow *parent; /* weak */
  char *path;
} Wish;

static void
wish_free (Wish *wish)
{
  g_clear_weak_pointer (&wish->parent);
  g_free (wish->path);
  g_free (wish);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wish, wish_free)

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wish) wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer)
    return;
  g_debug ("No file manager selects files: %s", error->message);
  g_autofree char *folder = g_path_get_dirname (wish->path);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);
  if (uri)
    gtk_show_uri (wish->parent, uri, GDK_CURRENT_TIME);
}

void
pcn_show_in_folder (GtkWindow *parent, const char *path)
{
  g_return_if_fail (path != NULL);

  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  if (!bus || !uri)
    return;
  Wish *wish = g_new0 (Wish, 1);
  g_set_weak_pointer (&wish->parent, parent);
  wish->path = g_strdup (path);
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", (const char *const[]){ uri, NULL }, ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_shown, wish);
}
