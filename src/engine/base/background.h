/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nn_enter_background:
 *
 * From now on the calling thread, and every thread that it starts, runs only where nothing more urgent wants to: the
 * window's thread comes first although all processors compute. On an idle machine nothing gets slower. For a thread's
 * first line; there is no way back.
 */
void nn_enter_background (void);

G_END_DECLS
