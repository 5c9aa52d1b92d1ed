/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window.h"

G_BEGIN_DECLS

/* Shared by window.c and window-actions.c. */
struct _PcnWindow {
  AdwApplicationWindow parent_instance;
  AdwToastOverlay *toasts;
  AdwViewStack *steps;
  GtkDropDown *devices;
  GtkWidget *open_button;
  GtkWidget *drop_hint;
  GMenu *open_section;
  PcnSession *session;
  GSettings *settings;
  /* Guards against taking our own update of the dropdown for the user's choice. */
  gboolean updating_device;
  guint build_source;
};

/** pcn_window_show_step: @name: of a page */
void pcn_window_show_step (PcnWindow *self, const char *name);

/** pcn_window_install_actions: what menus, buttons and keys do */
void pcn_window_install_actions (GtkWidgetClass *klass);
/** pcn_window_update_actions: which of them can be done now */
void pcn_window_update_actions (PcnWindow *self);

G_END_DECLS
