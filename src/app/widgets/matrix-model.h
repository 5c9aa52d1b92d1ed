/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PcnConfusion:
 *
 * So many pictures of the class @truth were taken for @answer.
 */
typedef struct {
  guint truth, answer;
  guint64 count;
} PcnConfusion;

/** pcn_matrix_row_sum: @counts: [n][n], the row is the true class. Returns: the pictures of a class */
guint64 pcn_matrix_row_sum (const guint64 *counts, guint n, guint truth);

/** pcn_matrix_share: Returns: the share of the pictures of @truth that were taken for @answer, 0 to 1 */
double pcn_matrix_share (const guint64 *counts, guint n, guint truth, guint answer);

/** pcn_matrix_right: Returns: the pictures that were taken for what they are; @total: (out): all */
guint64 pcn_matrix_right (const guint64 *counts, guint n, guint64 *total);

/** pcn_matrix_worst: fills @worst with the most frequent confusions, at most @max. Returns: how many there
 * are */
guint pcn_matrix_worst (const guint64 *counts, guint n, PcnConfusion *worst, guint max);

/** pcn_matrix_cell_words: Returns: (transfer full): “12 of 980 pictures of 4 were taken for 9 (1.2 %)” */
char *pcn_matrix_cell_words (const guint64 *counts, const char *const *names, guint n, guint truth,
                             guint answer);

/** pcn_matrix_words: Returns: (transfer full): the matrix in words: how many are right, the worst confusions
 */
char *pcn_matrix_words (const guint64 *counts, const char *const *names, guint n);

/**
 * PcnMatrixGrid:
 * @x, @y: the corner of the first row and column, of the left in a mirrored one too
 * @cell: side of a cell; a whole number of pixels as long as there are some
 * @mirrored: the first column is at the right, as people read right to left
 *
 * Where the cells are.
 */
typedef struct {
  double x, y, cell;
  guint n;
  gboolean mirrored;
} PcnMatrixGrid;

/**
 * pcn_matrix_grid_fit:
 * @width, @height: of the widget; a @height below 0 leaves it open
 * @start, @end: taken at the side of row names and at the other side
 * @top, @bottom: taken above and below
 * @max_cell: cells don't grow beyond this
 *
 * Returns: the largest square grid with room for what stands around it, in the middle
 */
PcnMatrixGrid pcn_matrix_grid_fit (double width, double height, double start, double end, double top,
                                   double bottom, guint n, double max_cell, gboolean mirrored);

/** pcn_matrix_grid_column_x: Returns: the left side of a column */
double pcn_matrix_grid_column_x (const PcnMatrixGrid *self, guint column);

/** pcn_matrix_grid_hit: Returns: whether there is a cell at @x, @y; @truth, @answer: (out): its row and
 * column */
gboolean pcn_matrix_grid_hit (const PcnMatrixGrid *self, double x, double y, guint *truth, guint *answer);

G_END_DECLS
