/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/job.h"

G_BEGIN_DECLS

/** PcnExplainMethod: see train/grad-cam.h and train/occlusion.h */
typedef enum {
  PCN_EXPLAIN_GRAD_CAM,
  PCN_EXPLAIN_OCCLUSION,
} PcnExplainMethod;

/**
 * PcnExplanation:
 *
 * What of a picture speaks for a class, to the model that is tested when this is made: a map. Of questions that pile up
 * only the newest is answered. Main thread only; no call blocks.
 */
#define PCN_TYPE_EXPLANATION (pcn_explanation_get_type ())
G_DECLARE_FINAL_TYPE (PcnExplanation, pcn_explanation, PCN, EXPLANATION, PcnJob)

/** pcn_explanation_new_pixels: of a picture in the shape of the model's input, copied; there must be a model */
PcnExplanation *pcn_explanation_new_pixels (PcnSession *session, const guint8 *pixels);
/** pcn_explanation_new_file: of the picture at @path; there must be a model */
PcnExplanation *pcn_explanation_new_file (PcnSession *session, const char *path);
/** pcn_explanation_new_sample: of a sample of a data set */
PcnExplanation *pcn_explanation_new_sample (PcnSession *session, NnDataset *dataset, guint sample);

/** pcn_explanation_ask: @node: of the graph, for Grad-CAM. @class_index: −1 for the model's answer */
void pcn_explanation_ask (PcnExplanation *self, PcnExplainMethod method, guint node, int class_index);
/** pcn_explanation_cancel: the map that was there stays */
void pcn_explanation_cancel (PcnExplanation *self);

NnModel *pcn_explanation_get_model (PcnExplanation *self);
/** pcn_explanation_get_pixels: Returns: (transfer none) (nullable): in the shape of the model's input */
const guint8 *pcn_explanation_get_pixels (PcnExplanation *self);
/** pcn_explanation_get_map: Returns: (transfer none) (nullable): a number for each pixel. @method, @class_index: (out): what
 * it tells */
const float *pcn_explanation_get_map (PcnExplanation *self, PcnExplainMethod *method, guint *class_index);
/** pcn_explanation_get_probabilities: Returns: (transfer none) (nullable): one a class */
const float *pcn_explanation_get_probabilities (PcnExplanation *self);

/** pcn_explanation_save_async: writes the picture under the map as PNG, in a thread; there must be a map */
void pcn_explanation_save_async (PcnExplanation *self, GFile *file, double opacity, GAsyncReadyCallback callback,
                                 gpointer data);
gboolean pcn_explanation_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
