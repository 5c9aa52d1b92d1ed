/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/run.h"
#include "session/teaching.h"

#include "net/model.h"

G_BEGIN_DECLS

/**
 * PcnLesson: drawings and what was made of them
 * @drawings: (element-type PcnDrawing)
 * @base: (nullable): the model before it was taught; NULL: the one of digits that comes with the program
 * @base_name: (nullable): its name
 * @taught: (nullable): what training made of it
 */
typedef struct {
  GPtrArray *drawings;
  NnModel *base;
  char *base_name;
  NnModel *taught;
} PcnLesson;

PcnLesson *pcn_lesson_new (void);
PcnLesson *pcn_lesson_copy (const PcnLesson *self);
void pcn_lesson_free (PcnLesson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnLesson, pcn_lesson_free)
/** pcn_lesson_dup_drawings: Returns: (transfer full) (element-type NnDrawing): for another thread */
GPtrArray *pcn_lesson_dup_drawings (const PcnLesson *self);

struct _PcnTeaching {
  GObject parent_instance;
  struct _PcnSession *session; /* whose part it is; NULL once that is gone */
  GListStore *list;            /* the drawings of @lesson */
  PcnLesson *lesson, *before;  /* now, and before the latest change */
  gboolean waiting;
  /* The latest run that learns; what still comes of one that was dropped is left alone. */
  PcnRun *run;
  gboolean dropped;
  NnModel *start; /* the tested model while it learns, until training gives a newer one */
  /* Being written, and to be written again after that. */
  gboolean saving, save_again;
  GMutex lock; /* over the files */
};

/* session.c makes it and asks it. */
PcnTeaching *pcn_teaching_new (struct _PcnSession *session);
/** pcn_teaching_detach: the session goes away; waits for what is being written */
void pcn_teaching_detach (PcnTeaching *self);
/** pcn_teaching_use: tests the taught model if it was made of the program's own. Returns: whether there is
 * one */
gboolean pcn_teaching_use (PcnTeaching *self);
/** pcn_teaching_take_model: a run gave a model. Returns: whether it is one of ours */
gboolean pcn_teaching_take_model (PcnTeaching *self, NnModel *model);
/** pcn_teaching_is_testing: Returns: whether the tested model is a taught one */
gboolean pcn_teaching_is_testing (PcnTeaching *self);
/** pcn_teaching_dup_drawings: Returns: (transfer full) (element-type NnDrawing) */
GPtrArray *pcn_teaching_dup_drawings (PcnTeaching *self);

/* teaching.c */
/** pcn_teaching_take_lesson: takes @lesson, which was read; it is tested if nothing else is that the user
 * chose */
void pcn_teaching_take_lesson (PcnTeaching *self, PcnLesson *lesson);
void pcn_teaching_notify_state (PcnTeaching *self);
void pcn_teaching_set_waiting (PcnTeaching *self, gboolean waiting);

/* teaching-run.c */
/** pcn_teaching_learn: starts a run on the drawings, now or when that is possible */
void pcn_teaching_learn (PcnTeaching *self);
/** pcn_teaching_try: starts what waits, if it can */
void pcn_teaching_try (PcnTeaching *self);
/** pcn_teaching_drop_run: what is being learnt is of no interest any more */
void pcn_teaching_drop_run (PcnTeaching *self);
gboolean pcn_teaching_is_learning (PcnTeaching *self);
/** pcn_teaching_test: tests the lesson's model, the taught one or the one before */
void pcn_teaching_test (PcnTeaching *self);

/* teaching-store.c */
/** pcn_teaching_load: reads what an earlier session has left, on a thread */
void pcn_teaching_load (PcnTeaching *self);
/** pcn_teaching_save: writes down the lesson, on a thread, one at a time */
void pcn_teaching_save (PcnTeaching *self);

G_END_DECLS
