/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What was opened lately: the setting "recent-data", a list of lists of paths, newest first. */
#define PCN_RECENT_KEY "recent-data"
#define PCN_RECENT_MAX 10

/**
 * pcn_recent_push:
 * @list: of type aas
 * @paths: (array zero-terminated=1): files and folders that were opened together
 *
 * Returns: (transfer full): @list with @paths first and only there, cut to %PCN_RECENT_MAX; floating
 */
GVariant *pcn_recent_push (GVariant *list, const char *const *paths);

/** pcn_recent_label: Returns: what a menu calls @paths: "cat, dog (Pictures)" */
char *pcn_recent_label (const char *const *paths);

/** pcn_recent_add: remembers that @paths were opened */
void pcn_recent_add (GSettings *settings, const char *const *paths);

G_END_DECLS
