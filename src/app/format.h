/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** pcn_format_count: Returns: (transfer full): “12,345” as the locale groups digits */
char *pcn_format_count (guint64 count);

/** pcn_format_duration: Returns: (transfer full): “45 s”, “3 min 20 s”, “2 h 5 min”; negative ones are 0 */
char *pcn_format_duration (double seconds);

/** pcn_format_memory: Returns: (transfer full): “8 GB”, “512 MB”: memory as it is sold, in powers of 1024 */
char *pcn_format_memory (guint64 bytes);

/** pcn_format_title: Returns: (transfer full): a class's name, of a file name of any encoding, fit for a label */
char *pcn_format_title (const char *name);

G_END_DECLS
