/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** pcn_preset_get_title: Returns: what to call a preset; its name where it is not known here */
const char *pcn_preset_get_title (const char *name);

/** pcn_preset_get_text: Returns: (transfer none): a line that says what the preset is and what it is good for */
const char *pcn_preset_get_text (const char *name);

G_END_DECLS
