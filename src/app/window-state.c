/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window-state.h"

#define STATE_KEY "pcn-window-state"
/* A window that is being resized changes with every frame; a setting may be a file. */
#define SAVE_DELAY_MS 400

typedef struct {
  GtkWindow *window;
  AdwViewStack *steps;
  GSettings *settings;
  guint source;
} State;

static void
state_free (State *state)
{
  g_clear_handle_id (&state->source, g_source_remove);
  g_clear_object (&state->settings);
  g_free (state);
}

static gboolean
save (gpointer data)
{
  State *state = data;
  const char *step = adw_view_stack_get_visible_child_name (state->steps);
  gboolean maximized = gtk_window_is_maximized (state->window);
  int width, height;

  state->source = 0;
  gtk_window_get_default_size (state->window, &width, &height);
  g_settings_set_boolean (state->settings, "window-maximized", maximized);
  if (!maximized && width > 0 && height > 0) {
    g_settings_set_int (state->settings, "window-width", width);
    g_settings_set_int (state->settings, "window-height", height);
  }
  if (step)
    g_settings_set_string (state->settings, "window-step", step);
  return G_SOURCE_REMOVE;
}

static void
on_change (State *state)
{
  if (!state->source)
    state->source = g_timeout_add (SAVE_DELAY_MS, save, state);
}

void
pcn_window_state_save (GtkWindow *window)
{
  State *state = g_object_get_data (G_OBJECT (window), STATE_KEY);

  g_return_if_fail (state);

  g_clear_handle_id (&state->source, g_source_remove);
  save (state);
}

void
pcn_window_state_follow (GtkWindow *window, AdwViewStack *steps, GSettings *settings)
{
  g_return_if_fail (GTK_IS_WINDOW (window) && ADW_IS_VIEW_STACK (steps) && G_IS_SETTINGS (settings));

  State *state = g_new0 (State, 1);
  g_autofree char *step = g_settings_get_string (settings, "window-step");
  state->window = window;
  state->steps = steps;
  state->settings = g_object_ref (settings);
  gtk_window_set_default_size (window, g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (window);
  if (adw_view_stack_get_child_by_name (steps, step))
    adw_view_stack_set_visible_child_name (steps, step);
  g_object_set_data_full (G_OBJECT (window), STATE_KEY, state, (GDestroyNotify) state_free);
  g_signal_connect_swapped (window, "notify::default-width", G_CALLBACK (on_change), state);
  g_signal_connect_swapped (window, "notify::default-height", G_CALLBACK (on_change), state);
  g_signal_connect_swapped (window, "notify::maximized", G_CALLBACK (on_change), state);
  g_signal_connect_swapped (steps, "notify::visible-child", G_CALLBACK (on_change), state);
}
