/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * PcnChild:
 *
 * The command line program at work for the window, in a process of its own: a driver that crashes or hangs takes only
 * that one down. Main thread only; nothing blocks.
 *
 * Signals: #PcnChild::line (JsonObject): one line of its output; #PcnChild::done (problem, crashed): it has ended, and
 * all lines have come: problem is NULL, or a sentence for the user; crashed says whether the process died of itself.
 */
#define PCN_TYPE_CHILD (pcn_child_get_type ())
G_DECLARE_FINAL_TYPE (PcnChild, pcn_child, PCN, CHILD, GObject)

/** pcn_child_new: @arguments: (array zero-terminated=1): a command and its options; “--lines” is added */
PcnChild *pcn_child_new (const char *const *arguments);
void pcn_child_start (PcnChild *self);
/** pcn_child_cancel: ends the process; #PcnChild::done comes with neither a problem nor a crash */
void pcn_child_cancel (PcnChild *self);

G_END_DECLS
