/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnMatrix:
 *
 * A confusion matrix: rows are true classes, columns are answers; a cell's colour is its share of the row.
 * The pointer or the arrow keys pick a cell, whose words stand below; a click, Enter or Space activates it. A
 * screen reader is told the matrix in words. Give it an accessible label.
 *
 * Properties: "selected-truth", "selected-answer": the cell that the keys or a click picked, -1 for none.
 *
 * Signals: "cell-activated" (guint truth, guint answer).
 */
#define PCN_TYPE_MATRIX (pcn_matrix_get_type ())
G_DECLARE_FINAL_TYPE (PcnMatrix, pcn_matrix, PCN, MATRIX, GtkWidget)

/**
 * pcn_matrix_set:
 * @counts: (array) (nullable): [n][n], copied; the row is the true class, the column the answer
 * @names: (array length=n): the classes' names, copied
 *
 * Shows other counts. The picked cell stays if the number of classes does.
 */
void pcn_matrix_set (PcnMatrix *self, const guint64 *counts, const char *const *names, guint n);

/** pcn_matrix_select: picks a cell; -1, -1 picks none */
void pcn_matrix_select (PcnMatrix *self, int truth, int answer);

/** pcn_matrix_get_selected: Returns: whether a cell is picked; @truth, @answer: (out) (optional): which one
 */
gboolean pcn_matrix_get_selected (PcnMatrix *self, guint *truth, guint *answer);

G_END_DECLS
