/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/classification.h"
#include "session/device-store.h"
#include "session/edits.h"
#include "session/lab.h"
#include "session/inside.h"
#include "session/results.h"
#include "session/network.h"
#include "session/run.h"
#include "session/teaching.h"
#include "session/trust.h"

#include "cl/device.h"
#include "data/dataset.h"
#include "net/augment.h"
#include "net/model.h"
#include "train/trainer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnSession:
 *
 * What the program works on: the devices, the pictures, the network that is trained, the model that is tested. The
 * only thing that talks to the engine's threads; widgets bind to it. Main thread only; no call blocks.
 *
 * Properties: "devices" (GListModel of NnDevice, NULL while they are looked for), "device" (read and write),
 * "no-device" (none can be used), "device-advice"; "importing", "import-fraction", "has-data", "data-name", "data-summary", "edits" (#PcnEdits: exclude, move, rename, split, undo), "categories" (GListModel of
 * #PcnCategory), "rejects" (GListModel of #PcnReject), "warnings"; "run" (#PcnRun), "can-start", "can-pause",
 * "can-resume", "can-train-more", "can-stop"; "preset", "epochs", "batch-size", "learning-rate" (of the
 * settings, or where those say nothing, what suits the network);
 * "classification" (#PcnClassification), "results" (#PcnResults), "has-model", "model-name", "model-summary", "can-use-digits", "can-use-trained",
 * "has-trained", "teaching" (#PcnTeaching: drawings that the tested model got wrong), "trust" (#PcnTrust), "pixel-range".
 *
 * Signals: #PcnSession::problem (title, text): something that the user must know and can do something about;
 * #PcnSession::notice (text): something worth a word; #PcnSession::predicted: there is a newer prediction;
 * #PcnSession::data-changed: the data was edited, or is another;
 * #PcnSession::model-changed: another model, perhaps of other classes or another size, is tested from now on.
 */
#define PCN_TYPE_SESSION (pcn_session_get_type ())
G_DECLARE_FINAL_TYPE (PcnSession, pcn_session, PCN, SESSION, GObject)

PcnSession *pcn_session_new (GSettings *settings);
/** pcn_session_get_settings: Returns: (transfer none): where it keeps what the user chose */
GSettings *pcn_session_get_settings (PcnSession *self);

/** pcn_session_shutdown: ends the threads and waits for them */
void pcn_session_shutdown (PcnSession *self);

/** pcn_session_problem, pcn_session_notice: emit the signals of these names, on behalf of a view */
void pcn_session_problem (PcnSession *self, const char *title, const char *text);
void pcn_session_notice (PcnSession *self, const char *text);

/** pcn_session_get_devices: Returns: (nullable): those that are offered; NULL while they are looked for */
GListModel *pcn_session_get_devices (PcnSession *self);
PcnDeviceStore *pcn_session_get_device_store (PcnSession *self);
PcnLab *pcn_session_get_lab (PcnSession *self);
/**
 * PcnCompareWhen: what to do with a run in progress, which a comparison would slow down, and which would make it wrong
 * @PCN_COMPARE_PAUSING: it pauses meanwhile
 * @PCN_COMPARE_AFTERWARDS: the comparison waits for its end
 */
typedef enum {
  PCN_COMPARE_NOW,
  PCN_COMPARE_PAUSING,
  PCN_COMPARE_AFTERWARDS,
} PcnCompareWhen;
/** pcn_session_compare_devices: measures the offered devices by training the network at hand at its batch size */
void pcn_session_compare_devices (PcnSession *self, PcnCompareWhen when);
NnDevice *pcn_session_get_device (PcnSession *self);
/** pcn_session_set_device: an unusable @device is left alone; a run in progress goes on where it is */
void pcn_session_set_device (PcnSession *self, NnDevice *device);

/** pcn_session_open: imports folders and files; the data so far stays until that succeeds */
void pcn_session_open (PcnSession *self, GFile *const *files, guint n_files);
void pcn_session_cancel_import (PcnSession *self);
/** pcn_session_get_dataset: Returns: (transfer none) (nullable) */
NnDataset *pcn_session_get_dataset (PcnSession *self);
/** pcn_session_get_edits: Returns: (transfer none): what changes the data */
PcnEdits *pcn_session_get_edits (PcnSession *self);
/** pcn_session_get_samples: Returns: (transfer full): a GListModel of #PcnSample; @class_index: or PCN_SAMPLES_ALL or _EXCLUDED */
GListModel *pcn_session_get_samples (PcnSession *self, int class_index);

PcnRun *pcn_session_get_run (PcnSession *self);
/** pcn_session_get_inside: Returns: (transfer none) */
PcnInside *pcn_session_get_inside (PcnSession *self);
/** pcn_session_get_teaching: Returns: (transfer none) */
PcnTeaching *pcn_session_get_teaching (PcnSession *self);
void pcn_session_start (PcnSession *self);
void pcn_session_pause (PcnSession *self);
void pcn_session_resume (PcnSession *self);
void pcn_session_stop (PcnSession *self);
/** pcn_session_skip_tuning: a run that is tuned for (see "tuning" of PcnRun) begins at once */
void pcn_session_skip_tuning (PcnSession *self);
/** pcn_session_train_more: the latest model goes on for @epochs, with a tenth of the learning rate where the plan has
 * ended; see "can-train-more" */
void pcn_session_train_more (PcnSession *self, guint epochs);
/** pcn_session_explain_train_further: Returns: (transfer full) (nullable): why the tested model can't go on learning from
 * the data at hand; NULL where it can */
char *pcn_session_explain_train_further (PcnSession *self);
/** pcn_session_train_further: the tested model, whoever made it, learns from the data at hand and is the one that was
 * trained last from now on; see pcn_session_explain_train_further() */
void pcn_session_train_further (PcnSession *self);
/** pcn_session_go_on: the rest of a run that failed, from its last good model. @device: (nullable): to go on with;
 * @batch: pictures a step, 0 for as many as before */
void pcn_session_go_on (PcnSession *self, NnDevice *device, guint batch);
/** pcn_session_get_run_batch: Returns: the batch size of the latest run, 0 before the first */
guint pcn_session_get_run_batch (PcnSession *self);
/** pcn_session_get_n_trained_on: Returns: how many pictures the latest run learns from, 0 before the first */
guint pcn_session_get_n_trained_on (PcnSession *self);

/** pcn_session_get_train_config: Returns: the settings of the next run: what the user set, else what suits the network */
NnTrainConfig pcn_session_get_train_config (PcnSession *self);
/** pcn_session_get_augment: Returns: (transfer none): how the next run would vary the pictures; there must be data */
const NnAugment *pcn_session_get_augment (PcnSession *self);
/** pcn_session_get_preset: Returns: the network that is trained next: the user's choice, or what suits the data */
const char *pcn_session_get_preset (PcnSession *self);
void pcn_session_set_preset (PcnSession *self, const char *preset);
/** pcn_session_get_network: Returns: (transfer none): that network, to be edited */
PcnNetwork *pcn_session_get_network (PcnSession *self);
/** pcn_session_dup_net: Returns: (transfer full): it for nn_graph_new_from_preset() */
char *pcn_session_dup_net (PcnSession *self);
/**
 * pcn_session_estimate_memory:
 * @batch: (out): of the settings
 * @largest: (out): that fits the device; 0 where none does
 *
 * Returns: bytes that training it takes, about; 0 where the network is wrong
 */
guint64 pcn_session_estimate_memory (PcnSession *self, guint *batch, guint *largest);

/** pcn_session_get_model: Returns: (transfer none) (nullable): the tested model */
NnModel *pcn_session_get_model (PcnSession *self);
/** pcn_session_get_input: shape of the pictures that the tested model takes. Returns: FALSE when there is no model */
gboolean pcn_session_get_input (PcnSession *self, guint *height, guint *width, guint *channels);
/** pcn_session_get_classes: Returns: (transfer none) (nullable) (array zero-terminated=1): of the tested model */
const char *const *pcn_session_get_classes (PcnSession *self);
/** pcn_session_takes_digits: Returns: whether the tested model takes what is drawn on a canvas */
gboolean pcn_session_takes_digits (PcnSession *self);
/** pcn_session_predict: asks for the classes of a picture; of requests that pile up only the newest is answered */
void pcn_session_predict (PcnSession *self, const guint8 *pixels, gsize n_bytes);
/** pcn_session_await_prediction: has the answer come before the next frame is painted, if that takes a moment only */
void pcn_session_await_prediction (PcnSession *self);
/** pcn_session_forget_prediction: what was asked so far is of no interest any more */
void pcn_session_forget_prediction (PcnSession *self);
/** pcn_session_get_classification: Returns: (transfer none): pictures from files, and what the tested model says to them */
PcnClassification *pcn_session_get_classification (PcnSession *self);
/** pcn_session_get_results: Returns: (transfer none): how good the tested model is */
PcnResults *pcn_session_get_results (PcnSession *self);
/** pcn_session_get_trust: Returns: (transfer none): how far its answers are trusted */
PcnTrust *pcn_session_get_trust (PcnSession *self);
/** pcn_session_get_pixel_range: Returns: (nullable): a name of nn_onnx_pixel_ranges(); NULL unless the tested model is of
 * another program */
const char *pcn_session_get_pixel_range (PcnSession *self);
/** pcn_session_set_pixel_range: what that model takes for black to white is @range, whatever was guessed */
void pcn_session_set_pixel_range (PcnSession *self, const char *range);
/** pcn_session_get_prediction: Returns: (transfer none) (nullable): the latest answer, a probability for each class */
const float *pcn_session_get_prediction (PcnSession *self, guint *n);

/** pcn_session_use_digits: tests the model of digits that comes with the program */
void pcn_session_use_digits (PcnSession *self);
/** pcn_session_use_trained: tests the model that was trained last */
void pcn_session_use_trained (PcnSession *self);
void pcn_session_open_model (PcnSession *self, GFile *file);

G_END_DECLS
