/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "about.h"
#include "application.h"
#include "exit-guard.h"
#include "preferences/preferences.h"
#include "run-watch.h"
#include "session/session.h"
#include "settings.h"
#include "window.h"

#include <glib/gi18n.h>

/* How long a driver may keep the process after the window has gone: it can be at a kernel or at a compilation, which
 * nothing interrupts. */
#ifdef __SANITIZE_ADDRESS__
/* The search for leaks comes last, and takes its time. */
#define DRIVER_SECONDS 240
#else
#define DRIVER_SECONDS 8
#endif

struct _PcnApplication {
  AdwApplication parent_instance;
  GSettings *settings;
  PcnSession *session;
  PcnRunWatch *run_watch;
  gboolean restarts;
};

G_DEFINE_FINAL_TYPE (PcnApplication, pcn_application, ADW_TYPE_APPLICATION)

/* Not the active window, which may be a dialog before it. */
static GtkWindow *
get_main_window (GtkApplication *application)
{
  for (GList *l = gtk_application_get_windows (application); l; l = l->next)
    if (PCN_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

static GtkWindow *
get_window (PcnApplication *self)
{
  GtkWindow *window = get_main_window (GTK_APPLICATION (self));

  return window ? window : GTK_WINDOW (pcn_window_new (self, self->session, self->settings));
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = get_main_window (GTK_APPLICATION (data));

  /* By way of the window: its size is kept and training is ended. */
  if (window)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (data));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PcnApplication *self = PCN_APPLICATION (data);

  if (PCN_IS_PREFERENCES (gtk_application_get_active_window (GTK_APPLICATION (self))))
    return;
  PcnPreferences *preferences = pcn_preferences_new (self->session, self->settings);
  gtk_window_set_transient_for (GTK_WINDOW (preferences), get_main_window (GTK_APPLICATION (self)));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (preferences), TRUE);
  /* So that the keys of the application are its own as well. */
  gtk_window_set_application (GTK_WINDOW (preferences), GTK_APPLICATION (self));
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PcnApplication *self = PCN_APPLICATION (data);

  pcn_about_show (get_main_window (GTK_APPLICATION (self)), self->session);
}

static void
on_show_step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = get_window (PCN_APPLICATION (data));

  gtk_window_present (window);
  gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.show-step", parameter);
}

/* Drivers are loaded once a process: one that was installed since is there in the next. */
static void
on_restart (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PCN_APPLICATION (data)->restarts = TRUE;
  on_quit (action, NULL, data);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = on_quit },
  { .name = "preferences", .activate = on_preferences },
  { .name = "restart", .activate = on_restart },
  { .name = "about", .activate = on_about },
  { .name = "show-step", .activate = on_show_step, .parameter_type = "s" },
};

static void
set_accels (PcnApplication *self)
{
  static const struct {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.quit", { "<Primary>q" } },
    { "app.preferences", { "<Primary>comma" } },
    { "window.close", { "<Primary>w" } },
    { "win.open", { "<Primary>o" } },
    { "win.open-file", { "<Primary><Shift>o" } },
    { "win.export-model", { "<Primary>e", "<Primary>s" } },
    { "win.show-model", { "<Primary>i" } },
    { "win.start-stop", { "<Primary>Return", "<Primary>KP_Enter" } },
    { "win.pause-resume", { "<Primary>p" } },
    { "win.train-more", { "<Primary><Shift>Return", "<Primary><Shift>KP_Enter" } },
    { "win.show-step('data')", { "<Alt>1" } },
    { "win.show-step('model')", { "<Alt>2" } },
    { "win.show-step('train')", { "<Alt>3" } },
    { "win.show-step('test')", { "<Alt>4" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), table[i].action, table[i].accels);
}

static void
pcn_application_startup (GApplication *app)
{
  PcnApplication *self = PCN_APPLICATION (app);

  G_APPLICATION_CLASS (pcn_application_parent_class)->startup (app);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    PCN_RESOURCE "/icons");
  self->settings = pcn_settings_new ();
  self->session = pcn_session_new (self->settings);
  self->run_watch = pcn_run_watch_new (GTK_APPLICATION (self), self->session);
  g_settings_bind (self->settings, "color-scheme", adw_style_manager_get_default (), "color-scheme",
                   G_SETTINGS_BIND_GET);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self);
}

static void
pcn_application_activate (GApplication *app)
{
  gtk_window_present (get_window (PCN_APPLICATION (app)));
}

static void
pcn_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window = get_window (PCN_APPLICATION (app));

  gtk_window_present (window);
  pcn_window_open_files (PCN_WINDOW (window), files, (guint) n_files);
}

static int
pcn_application_handle_local_options (GApplication *app, GVariantDict *options)
{
  const char *step;
  g_autoptr (GError) error = NULL;

  if (!g_variant_dict_lookup (options, "show", "&s", &step))
    return G_APPLICATION_CLASS (pcn_application_parent_class)->handle_local_options (app, options);
  if (!g_application_register (app, NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  /* In the program that runs already, if there is one. */
  g_action_group_activate_action (G_ACTION_GROUP (app), "show-step", g_variant_new_string (step));
  return g_application_get_is_remote (app) ? EXIT_SUCCESS : -1;
}

static void
pcn_application_shutdown (GApplication *app)
{
  PcnApplication *self = PCN_APPLICATION (app);

  /* The settings are the last thing that has to be kept. */
  g_settings_sync ();
  pcn_exit_guard_start (DRIVER_SECONDS);
  g_clear_object (&self->run_watch);
  if (self->session)
    pcn_session_shutdown (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_APPLICATION_CLASS (pcn_application_parent_class)->shutdown (app);
}

static void
pcn_application_class_init (PcnApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->startup = pcn_application_startup;
  app_class->activate = pcn_application_activate;
  app_class->open = pcn_application_open;
  app_class->handle_local_options = pcn_application_handle_local_options;
  app_class->shutdown = pcn_application_shutdown;
}

static void
pcn_application_init (PcnApplication *self)
{
  g_application_add_main_option (G_APPLICATION (self), "show", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING,
                                 _ ("Page to show: data, model, train or test"), _ ("PAGE"));
}

gboolean
pcn_application_get_restarts (PcnApplication *self)
{
  g_return_val_if_fail (PCN_IS_APPLICATION (self), FALSE);
  return self->restarts;
}

PcnApplication *
pcn_application_new (void)
{
  return g_object_new (PCN_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", PCN_RESOURCE, NULL);
}
