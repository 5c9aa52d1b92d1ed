/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnSplitPopover:
 *
 * How the pictures are divided: what is learnt from, what is checked with, what is kept for the test. Tells the numbers
 * while a slider moves; nothing changes before Apply.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_SPLIT_POPOVER (pcn_split_popover_get_type ())
G_DECLARE_FINAL_TYPE (PcnSplitPopover, pcn_split_popover, PCN, SPLIT_POPOVER, GtkPopover)

G_END_DECLS
