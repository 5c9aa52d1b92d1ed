/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/self-test.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnFamilyRow:
 *
 * The verdict on a family of kernels, with what is wrong in it.
 */
#define PCN_TYPE_FAMILY_ROW (pcn_family_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnFamilyRow, pcn_family_row, PCN, FAMILY_ROW, GtkListBoxRow)

PcnFamilyRow *pcn_family_row_new (PcnFamily *family);

/** pcn_test_state_get_icon: Returns: (nullable): the icon of a verdict; NULL when there is none */
const char *pcn_test_state_get_icon (PcnTestState state);
/** pcn_test_state_get_word: Returns: (nullable): a verdict in a word */
const char *pcn_test_state_get_word (PcnTestState state);
/** pcn_family_row_set_icon: shows a verdict, in its colour */
void pcn_family_row_set_icon (GtkImage *image, PcnTestState state);

G_END_DECLS
