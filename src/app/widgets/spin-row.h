/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnSpinRow:
 *
 * A row of a list with a number that can be changed (libadwaita has one from 1.4 on).
 *
 * Properties: "value", "lower", "upper", "step" (of the arrows; a page is ten of them), "digits" behind the point,
 * "zero-text" (the word that stands for 0, such as “Automatic”).
 */
#define PCN_TYPE_SPIN_ROW (pcn_spin_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnSpinRow, pcn_spin_row, PCN, SPIN_ROW, AdwActionRow)

GtkWidget *pcn_spin_row_new (const char *title, double lower, double upper, double step);
double pcn_spin_row_get_value (PcnSpinRow *self);
void pcn_spin_row_set_value (PcnSpinRow *self, double value);

G_END_DECLS
