/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnAnswer:
 *
 * What the tested model says to one input: its answer, how sure it is, what it saw, and a bar for each class.
 *
 * Properties: "session" (the #PcnSession), "action" (a widget below the answer).
 */
#define PCN_TYPE_ANSWER (pcn_answer_get_type ())
G_DECLARE_FINAL_TYPE (PcnAnswer, pcn_answer, PCN, ANSWER, AdwBin)

/** pcn_answer_clear: nothing was asked; the classes are those of the model that is tested now */
void pcn_answer_clear (PcnAnswer *self);
/** pcn_answer_set_seen: @pixels: (nullable): in the shape of the model's input */
void pcn_answer_set_seen (PcnAnswer *self, const guint8 *pixels);
/** pcn_answer_see_picture: @path: of a picture that is read, and shown as @model sees it, unless the answer is cleared
 * before. @model: (nullable) */
void pcn_answer_see_picture (PcnAnswer *self, const char *path, NnModel *model);
/** pcn_answer_set_values: @values: a probability for each of @n classes */
void pcn_answer_set_values (PcnAnswer *self, const float *values, guint n);

G_END_DECLS
