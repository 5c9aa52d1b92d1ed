/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "application.h"
#include "session/session.h"

G_BEGIN_DECLS

/**
 * PcnWindow:
 *
 * The window: four steps (data, model, train, test), the device in the header bar, a place to drop pictures on.
 *
 * Actions: win.open, win.open-file, win.open-recent (paths: as), win.clear-recent, win.open-mnist, win.open-model,
 * win.export-model, win.show-model, win.use-digits, win.use-trained, win.try-trained (shows the test page as well), win.start,
 * win.start-stop, win.pause-resume, win.show-step (a string: "data", "model", "train" or "test").
 */
#define PCN_TYPE_WINDOW (pcn_window_get_type ())
G_DECLARE_FINAL_TYPE (PcnWindow, pcn_window, PCN, WINDOW, AdwApplicationWindow)

/** pcn_window_open_files: a model becomes the one that is tested, everything else becomes the data */
void pcn_window_open_files (PcnWindow *self, GFile *const *files, guint n_files);

PcnWindow *pcn_window_new (PcnApplication *app, PcnSession *session, GSettings *settings);

G_END_DECLS
