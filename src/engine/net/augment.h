/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tensor/tensor.h"

G_BEGIN_DECLS

/** NnRange: a value is drawn uniformly from [@min, @max]; equal ends always give that value */
typedef struct {
  float min, max;
} NnRange;

/** NnBorder: what lies outside a stored picture */
typedef enum {
  NN_BORDER_ZERO,    /* black: drawn digits */
  NN_BORDER_REFLECT, /* the picture mirrored at its edge: photos */
} NnBorder;

/**
 * NnAugment:
 * @name: as the CLI and the app know it
 * @border: what is seen beyond the edge
 * @margin: stored pictures are larger than the network's input by this part of it (1/8: 72 for 64); training takes a
 *   random crop, evaluation the one in the middle
 * @centred: training takes the one in the middle too: with equal ends of all ranges nothing is left to chance
 * @shift_x, @shift_y: part of the width and height; to the right and downwards
 * @rotate: degrees, clockwise
 * @scale: factor; larger than 1 enlarges
 * @stretch: width over height; 1 keeps the proportions
 * @shear: horizontal displacement for each unit of height; positive leans to the right, as italics do
 * @flip: probability of mirroring left and right
 * @elastic: largest displacement of a control point of a smooth random field, as part of the width (Simard, Steinkraus
 *   and Platt 2003; the field is a uniform cubic B-spline over 4 by 4 cells instead of filtered noise)
 * @thickness: −1 to 1; above 0 blends towards the brightest neighbour (thicker strokes on black), below towards the
 *   darkest (thinner)
 * @gain: factor of the pixel value (0 stays 0)
 * @contrast: factor of the distance from middle grey
 * @brightness: added, in parts of the full range
 * @saturation: factor of the distance from the pixel's own grey; three channels only
 *
 * How far the pictures of a training batch are varied. All angles, factors and so on are drawn anew for each sample.
 */
typedef struct {
  const char *name;
  NnBorder border;
  float margin;
  gboolean centred;
  NnRange shift_x, shift_y;
  NnRange rotate;
  NnRange scale;
  NnRange stretch;
  NnRange shear;
  float flip;
  NnRange elastic;
  NnRange thickness;
  NnRange gain;
  NnRange contrast;
  NnRange brightness;
  NnRange saturation;
} NnAugment;

/** NN_AUGMENT_IDENTITY: initialiser of an augmentation that changes nothing */
#define NN_AUGMENT_IDENTITY \
  { .name = "none", .scale = { 1, 1 }, .stretch = { 1, 1 }, .gain = { 1, 1 }, .contrast = { 1, 1 }, \
    .saturation = { 1, 1 } }

/** nn_augment_find: Returns: (nullable): the preset of that name: "none", "digits", "photos" */
const NnAugment *nn_augment_find (const char *name);

/** nn_augment_names: Returns: NULL-terminated names of the presets */
const char *const *nn_augment_names (void);

/** nn_augment_is_identity: Returns: whether a batch would come out as stored (NULL counts as such) */
gboolean nn_augment_is_identity (const NnAugment *self);

/** nn_augment_stored_shape: Returns: height, width and channels that pictures should be stored with, for a network of
 * input @input; @input itself where @self is NULL or has no margin */
NnShape nn_augment_stored_shape (const NnAugment *self, const NnShape *input);

/** NN_AUGMENT_RANGES: how many values are drawn from a range for each sample */
#define NN_AUGMENT_RANGES 13

/** nn_augment_get_ranges: @ranges: (out): in the order of kernels/batch.cl; lengths in pixels of an @input, angles in
 * radians, the mirror as a number above 0 */
void nn_augment_get_ranges (const NnAugment *self, const NnShape *input, NnRange ranges[NN_AUGMENT_RANGES]);

/**
 * nn_augment_ref:
 * @self: (nullable): NULL takes the crop in the middle
 * @stored, @input: height, width, channels as in NnGather
 * @pixels: [h][w][c] of one stored picture
 * @seed, @step, @slot: of a training run: what slot @slot of the batch of step @step gets
 * @x: (out): [h][w][c] of the network's input, 0 to 1, before mean and deviation
 *
 * What the kernels of batch.cl do, in plain C: for people to look at, and for the tests to compare with. Any thread.
 */
void nn_augment_ref (const NnAugment *self, const NnShape *stored, const NnShape *input, const guint8 *pixels,
                     guint32 seed, guint32 step, guint32 slot, float *x);

G_END_DECLS
