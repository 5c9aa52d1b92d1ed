/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * pcn_stack_tell_shown:
 * @stack: a GtkStack or AdwViewStack with all its pages
 *
 * A screen reader meets only the page that is shown. GTK 4.8 tells it of all, and as if all were visible.
 */
void pcn_stack_tell_shown (GtkWidget *stack);

G_END_DECLS
