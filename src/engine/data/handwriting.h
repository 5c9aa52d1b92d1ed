/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "base/random.h"
#include "data/strokes.h"

G_BEGIN_DECLS

/*
 * Drawn digits by a generator of our own, in the styles that people of the world use: MNIST knows only the
 * American ones. A style is a list of control points (handwriting-styles.c); a drawing is a curve through them,
 * bent as a hand, a mouse or a tablet would. The same state of the random numbers gives the same drawing. Any
 * thread.
 */

/**
 * nn_handwriting_draw:
 * @random: where the chance comes from
 * @digit: 0 to 9
 * @out: is cleared and filled; y downwards, about 100 units high
 *
 * Draws @digit in one of its styles, commoner styles more often.
 */
void nn_handwriting_draw (NnRandom *random, guint digit, NnStrokes *out);

/** nn_handwriting_n_styles: Returns: how many styles there are for all ten digits together */
guint nn_handwriting_n_styles (void);

/** nn_handwriting_style_name: Returns: (transfer none): for example "7 barred" */
const char *nn_handwriting_style_name (guint style);

/** nn_handwriting_style_digit: Returns: the digit that the style draws */
guint nn_handwriting_style_digit (guint style);

/** nn_handwriting_draw_style: as nn_handwriting_draw(), but in the style with the index @style */
void nn_handwriting_draw_style (NnRandom *random, guint style, NnStrokes *out);

/** nn_handwriting_pen: Returns: a pen: mostly near the canvas's own, sometimes thin, thick or blurred */
NnStrokePen nn_handwriting_pen (NnRandom *random);

G_END_DECLS
