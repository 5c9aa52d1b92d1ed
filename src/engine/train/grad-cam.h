/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/network.h"

G_BEGIN_DECLS

/**
 * NnGradCam:
 *
 * Where a layer sees what speaks for a class: gradient-weighted class activation mapping (Selvaraju et al. 2017, section
 * 3). With A the activations of the layer, of which there are h × w places and k maps, and y the logit of the class:
 *   weight[k] = mean over the places of dy/dA[k];  map = max (0, Σ weight[k] A[k])
 * as the network classifies: with running statistics and no dropout. It has weights of its own on the device, so that
 * nothing that trains is touched. Belongs to the context's thread.
 */
typedef struct _NnGradCam NnGradCam;

/** nn_grad_cam_suits: Returns: whether what @node gives has a place in the picture: maps, or a row a step */
gboolean nn_grad_cam_suits (const NnGraph *graph, guint node);

/** nn_grad_cam_find_layer: Returns: the layer to look at where nobody has chosen: the last convolution (or recurrent layer),
 * with the normalisation and the activation behind it, as in the paper; what a pooling gives would only be coarser. 0 where
 * none suits */
guint nn_grad_cam_find_layer (const NnGraph *graph);

/** nn_grad_cam_find: Returns: the node called @name, 0 with NN_ERROR_BAD_INPUT where there is none or it doesn't suit; @name
 * (nullable): NULL for nn_grad_cam_find_layer() */
guint nn_grad_cam_find (const NnGraph *graph, const char *name, GError **error);

/** nn_grad_cam_new: @layer: a node of nn_grad_cam_suits(). NN_ERROR_BAD_INPUT where the logits don't depend on it */
NnGradCam *nn_grad_cam_new (NnContext *context, NnModel *model, guint layer, GError **error);
void nn_grad_cam_free (NnGradCam *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnGradCam, nn_grad_cam_free)

/**
 * nn_grad_cam_run:
 * @pixels: one picture, uint8 of the network's input shape [h][w][c]
 * @class_index: below the number of classes
 * @map: (out): [h][w], bilinear between the places of the layer; 0 and more, in no unit
 */
gboolean nn_grad_cam_run (NnGradCam *self, const guint8 *pixels, guint class_index, float *map, GError **error);

G_END_DECLS
