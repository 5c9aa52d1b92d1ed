/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

G_BEGIN_DECLS

/**
 * NnChoices:
 *
 * Which kernel does what on a device. An operator that can do a piece of work in several ways asks for each (the key says
 * operator and shape, the ways have names); it is told the first one, which is its own rule, unless a tuning run found
 * another one faster, or the run that is continued used another one.
 *
 * What was tuned is kept in $XDG_CACHE_HOME/perceptron/tuning, one file for each device, version of its driver, and
 * source of the kernels. A file holds a line with the format, the SHA-256 of what follows, and a line for each choice. It
 * is written to a temporary name and renamed, with what another program has added meanwhile. One that is damaged is told
 * of and removed. Belongs to a context, and to its thread.
 *
 * With PERCEPTRON_TUNE=0 in the environment the file isn't looked at, as if nothing had ever been tuned.
 */
typedef struct _NnChoices NnChoices;

/** NN_CHOICE_NAME: bytes that the name of a way takes at most, with its end */
#define NN_CHOICE_NAME 32

NnChoices *nn_choices_new (NnDevice *device);
void nn_choices_free (NnChoices *self);

/** NnChoicesAsked: @names: @n ways; @chosen: what was answered. The strings are valid during the call */
typedef void (*NnChoicesAsked) (const char *key, const char (*names)[NN_CHOICE_NAME], guint n, guint chosen, gpointer data);

/** nn_choices_ask: @key: without tabulators, new lines, “=” and “;”, which end it. Returns: the index of the way to take */
guint nn_choices_ask (NnChoices *self, const char *key, const char (*names)[NN_CHOICE_NAME], guint n);

/** nn_choices_listen: @asked: (nullable): called at each question from now on */
void nn_choices_listen (NnChoices *self, NnChoicesAsked asked, gpointer data);

/** nn_choices_set: @name: (nullable): what was found best for @key; NULL takes that back */
void nn_choices_set (NnChoices *self, const char *key, const char *name);
/** nn_choices_get: Returns: (transfer none) (nullable): what was tuned or is held */
const char *nn_choices_get (NnChoices *self, const char *key);

/** nn_choices_set_rules_only: whether what was tuned is left aside; what is held still counts */
void nn_choices_set_rules_only (NnChoices *self, gboolean on);
gboolean nn_choices_get_rules_only (NnChoices *self);

/** nn_choices_hold: @text: (nullable): what nn_choices_take_record() gave in another run: it goes before what was tuned. Names
 * that an operator doesn't know (any more) are as good as none. NULL: nothing is held any more */
void nn_choices_hold (NnChoices *self, const char *text);

/** nn_choices_start_record, nn_choices_take_record: Returns: (transfer full): all questions between the two calls, with their
 * answers, in order of the keys: "key=name;key=name"; empty where there was none */
void nn_choices_start_record (NnChoices *self);
char *nn_choices_take_record (NnChoices *self);

/** nn_choices_take_over: makes the choices of @self, which is new, those of @from */
void nn_choices_take_over (NnChoices *self, NnChoices *from);

/** nn_choices_save: keeps what was tuned on disk; where that can't be done it is only for this context */
void nn_choices_save (NnChoices *self);

G_END_DECLS
