/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** NN_DIGIT_SIZE: rows and columns of the picture that a drawing becomes */
#define NN_DIGIT_SIZE 28

/**
 * NnStrokePoint:
 * @x: rightwards, in any unit
 * @y: downwards, in the same unit
 */
typedef struct {
  float x, y;
} NnStrokePoint;

/**
 * NnStrokePen:
 * @width: width of the line in pixels of the 28x28 picture, whatever the unit of the drawing; kept in [0.5, 8]
 * @softness: width of the blurred edge in pixels; 1 is plain anti-aliasing; kept in [0.5, 4]
 */
typedef struct {
  float width;
  float softness;
} NnStrokePen;

/** NN_STROKE_PEN_DEFAULT: the pen of the canvas: the mean width of the strokes of MNIST */
#define NN_STROKE_PEN_DEFAULT ((NnStrokePen){ .width = 2.4f, .softness = 1.0f })

/**
 * NnStrokes:
 *
 * A drawing: strokes from pen down to pen up, each a list of points. Owned by one holder; not thread-safe.
 */
typedef struct _NnStrokes NnStrokes;

/** nn_strokes_new: Returns: (transfer full): an empty drawing */
NnStrokes *nn_strokes_new (void);

/** nn_strokes_copy: Returns: (transfer full): a drawing with the same points */
NnStrokes *nn_strokes_copy (const NnStrokes *self);

/** nn_strokes_free: frees @self, which may be NULL */
void nn_strokes_free (NnStrokes *self);

/** nn_strokes_clear: removes every stroke */
void nn_strokes_clear (NnStrokes *self);

/** nn_strokes_begin: pen down: the next point starts a stroke. A stroke without points is never kept. */
void nn_strokes_begin (NnStrokes *self);

/**
 * nn_strokes_append:
 *
 * Adds a point to the current stroke. A point that is not finite (some tablets report them) is left out.
 */
void nn_strokes_append (NnStrokes *self, float x, float y);

/** nn_strokes_pop: takes the last stroke back. Returns: whether there was one */
gboolean nn_strokes_pop (NnStrokes *self);

/** nn_strokes_n_strokes: Returns: how many strokes have at least one point */
guint nn_strokes_n_strokes (const NnStrokes *self);

/**
 * nn_strokes_points:
 * @index: less than nn_strokes_n_strokes()
 * @n_points: (out): how many, at least 1
 *
 * Returns: (transfer none): the points of one stroke, valid until the drawing changes
 */
const NnStrokePoint *nn_strokes_points (const NnStrokes *self, guint index, guint *n_points);

/**
 * nn_strokes_render:
 * @pen: (nullable): the pen, or NULL for NN_STROKE_PEN_DEFAULT
 * @out: (out): 28 rows of 28 bytes, top row first, 0 = paper and 255 = ink
 *
 * The one way from a drawing to the picture that a network sees: canvas, command line and synthesis all come
 * here. As MNIST was made: the ink is scaled to fit a box of 20x20 pixels with its aspect kept, drawn with a
 * round pen and anti-aliasing, and moved by whole pixels so that its centre of mass is the centre of the picture
 * (less far where ink would leave the picture). A drawing of a single point is a dot; an empty one is blank.
 * Takes some 20 µs for a digit. The same drawing gives the same bytes.
 * Method: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.
 */
void nn_strokes_render (const NnStrokes *self, const NnStrokePen *pen,
                        guint8 out[NN_DIGIT_SIZE * NN_DIGIT_SIZE]);

/**
 * NnDrawing:
 * @label: (nullable): what the drawing is said to be
 * @strokes: the drawing
 * @line: line of the file, from 1
 */
typedef struct {
  char *label;
  NnStrokes *strokes;
  guint line;
} NnDrawing;

/** nn_drawing_free: frees a drawing with its label and its strokes; NULL is allowed */
void nn_drawing_free (NnDrawing *self);

/**
 * nn_strokes_load_jsonl:
 * @path: a file with one JSON object a line: {"label":"7","strokes":[[[x,y],...],...]}
 *
 * The label may be a string, a whole number, null or missing. Empty lines are skipped; members other than these
 * two, and numbers after x and y (time, pressure), are ignored. Any thread.
 *
 * Returns: (transfer full) (element-type NnDrawing): the drawings in the file's order, or NULL with
 *   NN_ERROR_BAD_INPUT, which names the file and the line
 */
GPtrArray *nn_strokes_load_jsonl (const char *path, GError **error);

/**
 * nn_strokes_save_jsonl:
 * @drawings: (element-type NnDrawing): may be empty
 *
 * Writes a file for nn_strokes_load_jsonl(), as a whole or not at all, and sees to it that it is on the disk. Any thread.
 */
gboolean nn_strokes_save_jsonl (const char *path, GPtrArray *drawings, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnStrokes, nn_strokes_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnDrawing, nn_drawing_free)

G_END_DECLS
