/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** pcn_show_problem: a dialog that says what went wrong and what to do; @text in whole sentences */
void pcn_show_problem (GtkWindow *parent, const char *title, const char *text);
/** pcn_show_notice: a toast: something worth a word that needs no answer */
void pcn_show_notice (AdwToastOverlay *overlay, const char *text);
/** pcn_show_toast: the same for a toast that has a button; takes @toast */
void pcn_show_toast (AdwToastOverlay *overlay, AdwToast *toast);

G_END_DECLS
