/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/checkpoint.h"
#include "session/edits.h"
#include "session/inside-private.h"
#include "session/memory.h"
#include "session/session.h"
#include "session/teaching-private.h"
#include "session/thumbnail-loader.h"

#include "net/model.h"
#include "train/preparation.h"
#include "train/trainer-thread.h"

G_BEGIN_DECLS

/* Shared by session.c (properties, devices), session-data.c (pictures), session-train.c (runs), session-trainer.c
 * (what the trainer thread tells) and session-model.c (the
 * tested model). All of it belongs to the main thread. */
struct _PcnSession {
  GObject parent_instance;
  GSettings *settings;

  PcnDeviceStore *store;
  PcnLab *lab;
  gboolean resumes; /* when the devices are compared: it paused for that */
  NnDevice *device;

  NnDataset *dataset;
  PcnThumbnailLoader *thumbnails;
  PcnEdits *edits;
  GListStore *categories, *rejects;
  char *data_summary, *warnings;
  GCancellable *import, *verify;
  double import_fraction;
  /* What @dataset was opened from, and whether a thread writes down what can be found again. */
  char **data_paths;
  gboolean remembering, remember_again;
  GMutex remember_lock; /* over the file */

  PcnNetwork *network;
  PcnRun *run;
  GCancellable *preparation;
  PcnTeaching *teaching;
  PcnInside *inside;
  /* What the latest run was made of, so that it can go on: the pictures, the data set that they are of, the settings,
   * and the run with the curves of @trained, unless that is of an earlier day. */
  NnPreparation *material;
  NnDataset *material_of;
  NnTrainConfig config;
  PcnRun *trained_run;
  /* Blocks of the backbone that are set free when the plan has ended, 0: none; and the epochs before that, which the
   * trainer doesn't count any more. */
  guint tune, epochs_before;
  PcnCheckpoint *checkpoint;

  /* The model that is tested, the one that came with the program, and the latest one that was trained here. */
  NnModel *model, *digits, *trained;
  char *model_name, *model_summary, *trained_name;
  GArray *prediction;
  PcnClassification *classification;
  PcnResults *results;
  PcnTrust *trust;

  NnTrainerThread *trainer;
  guint n_steps_seen, n_epochs_seen;
  gboolean preparing_features; /* a frozen backbone looks at the pictures */
  /* Of the latest request, the earliest whose answer still matters, and the latest that was answered. */
  guint64 serial, first_serial, answered_serial;
};

/** PCN_MODEL_NAME_KEY: what a model is called, in its metadata */
#define PCN_MODEL_NAME_KEY "name"

typedef enum {
  PCN_PROP_DEVICES = 1,
  PCN_PROP_DEVICE,
  PCN_PROP_NO_DEVICE,
  PCN_PROP_DEVICE_ADVICE,
  PCN_PROP_IMPORTING,
  PCN_PROP_IMPORT_FRACTION,
  PCN_PROP_HAS_DATA,
  PCN_PROP_DATA_NAME,
  PCN_PROP_DATA_SUMMARY,
  PCN_PROP_EDITS,
  PCN_PROP_CATEGORIES,
  PCN_PROP_REJECTS,
  PCN_PROP_WARNINGS,
  PCN_PROP_RUN,
  PCN_PROP_CAN_START,
  PCN_PROP_CAN_PAUSE,
  PCN_PROP_CAN_RESUME,
  PCN_PROP_CAN_TRAIN_MORE,
  PCN_PROP_CAN_STOP,
  PCN_PROP_PRESET,
  PCN_PROP_EPOCHS,
  PCN_PROP_BATCH_SIZE,
  PCN_PROP_LEARNING_RATE,
  PCN_PROP_CLASSIFICATION,
  PCN_PROP_RESULTS,
  PCN_PROP_HAS_MODEL,
  PCN_PROP_MODEL_NAME,
  PCN_PROP_MODEL_SUMMARY,
  PCN_PROP_CAN_USE_DIGITS,
  PCN_PROP_CAN_USE_TRAINED,
  PCN_PROP_HAS_TRAINED,
  PCN_PROP_TEACHING,
  PCN_PROP_TRUST,
  PCN_PROP_PIXEL_RANGE,
  PCN_N_PROPS
} PcnSessionProp;

void pcn_session_notify (PcnSession *self, PcnSessionProp prop);
/** pcn_session_notify_abilities: what can be started, paused, resumed or stopped may have changed */
void pcn_session_notify_abilities (PcnSession *self);
/** pcn_session_new_run: begins with empty curves */
void pcn_session_new_run (PcnSession *self);
void pcn_session_emit_predicted (PcnSession *self);
void pcn_session_emit_model_changed (PcnSession *self);

void pcn_session_emit_data_changed (PcnSession *self);

/* session-data.c */
/** pcn_session_import: takes @paths; NULL: those of the last time */
void pcn_session_import (PcnSession *self, char **paths);
void pcn_session_refresh_rejects (PcnSession *self);
void pcn_session_refresh_rejects_if_changed (PcnSession *self);
void pcn_session_cancel_verify (PcnSession *self);
void pcn_session_clear_data (PcnSession *self);

/** pcn_session_data_edited: takes over what the edits say now */
void pcn_session_data_edited (PcnSession *self);

/* session-last.c */
/** pcn_session_reopen: begins to open again what was open last, if anything */
void pcn_session_reopen (PcnSession *self);
/** pcn_session_remember: writes down what is open and how it was edited, on a thread */
void pcn_session_remember (PcnSession *self);
/** pcn_session_remember_now: the same before this returns, where there is something not written yet */
void pcn_session_remember_now (PcnSession *self);
/** pcn_session_get_default_plan: fills @plan with what the settings say */
void pcn_session_get_default_plan (PcnSession *self, NnSplitPlan *plan);

/* session-model.c */
void pcn_session_set_model (PcnSession *self, NnModel *model, const char *name);
/** pcn_session_replace_model: by newer weights of the same */
void pcn_session_replace_model (PcnSession *self, NnModel *model);
/** pcn_session_set_trained: a run gave a new model; it is tested from now on if its predecessor was */
void pcn_session_set_trained (PcnSession *self, NnModel *model);
/** pcn_session_open_last_model: offers the model that was trained last, on an earlier day perhaps */
void pcn_session_open_last_model (PcnSession *self);
void pcn_session_clear_models (PcnSession *self);

/** pcn_session_take_trained: @model was made here; @test: it is tested from now on */
void pcn_session_take_trained (PcnSession *self, NnModel *model, gboolean test);

/* session-devices.c */
/** pcn_session_start_devices: looks for devices; needs the trainer */
void pcn_session_start_devices (PcnSession *self);

/* session-network.c */
/** pcn_session_start_network: needs the settings */
void pcn_session_start_network (PcnSession *self);

/* session-train.c */
gboolean pcn_session_can_go_on (PcnSession *self);
/** pcn_session_count_tuning: Returns: epochs that the run will be fine-tuned for, at its end */
guint pcn_session_count_tuning (PcnSession *self);
/** pcn_session_fine_tune: a run has ended: if it was meant to, it goes on with the last blocks of its backbone set free.
 * Returns: whether it does */
gboolean pcn_session_fine_tune (PcnSession *self);

/* session-trainer.c */
void pcn_session_start_trainer (PcnSession *self);
void pcn_session_stop_trainer (PcnSession *self);

G_END_DECLS
