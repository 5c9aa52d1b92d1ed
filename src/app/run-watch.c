/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-watch.h"

#include "session/run.h"

#include <glib/gi18n.h>

#define NOTIFICATION_ID "run"

struct _PcnRunWatch {
  GObject parent_instance;
  GtkApplication *app;
  PcnSession *session;
  PcnRun *run;
  guint inhibited;
};

G_DEFINE_FINAL_TYPE (PcnRunWatch, pcn_run_watch, G_TYPE_OBJECT)

static void
let_sleep (PcnRunWatch *self)
{
  if (self->inhibited > 0)
    gtk_application_uninhibit (self->app, self->inhibited);
  self->inhibited = 0;
}

static void
keep_awake (PcnRunWatch *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->app);

  if (self->inhibited == 0)
    self->inhibited
        = gtk_application_inhibit (self->app, window, GTK_APPLICATION_INHIBIT_SUSPEND, _ ("A network is being trained"));
}

static gboolean
is_watched (PcnRunWatch *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->app);

  return window && gtk_window_is_active (window);
}

static void
tell_end (PcnRunWatch *self, PcnRunState state)
{
  gboolean failed = state == PCN_RUN_FAILED;
  g_autoptr (GNotification) notification
      = g_notification_new (failed ? _ ("Training Failed") : _ ("Training Has Finished"));
  g_autofree char *failure = NULL;

  g_object_get (self->run, "failure", &failure, NULL);
  g_notification_set_body (notification, failed ? failure : _ ("The network is ready to be tried out."));
  g_notification_set_default_action_and_target (notification, "app.show-step", "s", "train");
  g_application_send_notification (G_APPLICATION (self->app), NOTIFICATION_ID, notification);
}

static void
on_state (PcnRunWatch *self)
{
  PcnRunState state = pcn_run_get_state (self->run);
  GSettings *settings = pcn_session_get_settings (self->session);

  if (pcn_run_get_active (self->run) && state != PCN_RUN_PAUSED)
    keep_awake (self);
  else
    let_sleep (self);
  if ((state == PCN_RUN_DONE || state == PCN_RUN_FAILED) && pcn_run_get_elapsed (self->run) >= g_settings_get_int (settings, "notify-after")
      && !is_watched (self))
    tell_end (self, state);
}

static void
set_run (PcnRunWatch *self)
{
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, pcn_session_get_run (self->session));
  g_signal_connect_object (self->run, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
}

static void
pcn_run_watch_dispose (GObject *object)
{
  PcnRunWatch *self = PCN_RUN_WATCH (object);

  let_sleep (self);
  g_clear_object (&self->run);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_run_watch_parent_class)->dispose (object);
}

static void
pcn_run_watch_class_init (PcnRunWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pcn_run_watch_dispose;
}

static void
pcn_run_watch_init (PcnRunWatch *self)
{
}

PcnRunWatch *
pcn_run_watch_new (GtkApplication *app, PcnSession *session)
{
  PcnRunWatch *self = g_object_new (PCN_TYPE_RUN_WATCH, NULL);

  self->app = app;
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::run", G_CALLBACK (set_run), self, G_CONNECT_SWAPPED);
  set_run (self);
  return self;
}
