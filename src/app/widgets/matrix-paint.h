/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/matrix-model.h"
#include "widgets/paint.h"

G_BEGIN_DECLS

/**
 * PcnMatrixView:
 * @hot_truth, @hot_answer: the cell under the pointer, or the picked one; -1 for none
 * @focused: whether the hot cell is where the keys are
 * @grid: (out): where the cells are
 * @start, @end, @top, @bottom: (out): the room around the cells
 *
 * What pcn_matrix_paint() draws, and where it put it.
 */
typedef struct {
  const guint64 *counts;
  const char *const *names;
  guint n;
  int hot_truth, hot_answer;
  gboolean focused;
  PcnMatrixGrid grid;
  double start, end, top, bottom;
} PcnMatrixView;

/** pcn_matrix_layout: places the cells in this size; @height below 0 leaves it open. Returns: the height it
 * takes */
double pcn_matrix_layout (PcnMatrixView *view, GtkWidget *widget, double width, double height);

/** pcn_matrix_paint: draws a matrix that has been laid out; @words stand below it */
void pcn_matrix_paint (const PcnMatrixView *view, GtkWidget *widget, cairo_t *cr,
                       const PcnPaintColours *colours, const char *words);

G_END_DECLS
