/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "output.h"

#include "net/model.h"

G_BEGIN_DECLS

/**
 * CliAnswers: what a model says to @n pictures, whatever they came from, and how that is told
 * @probabilities: [n][n_classes]; the model's temperature was applied to them
 * @threshold: below it an answer is told as “unknown”
 */
typedef struct {
  const char *const *classes; /* of a model that lives longer */
  guint n_classes;
  gsize n;
  float *probabilities;
  double threshold;
} CliAnswers;

void cli_answers_clear (CliAnswers *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliAnswers, cli_answers_clear)

/** cli_answers_ask: @pixels: [n] pictures of the model's input; @threshold: -1 for the one that is kept with the model */
gboolean cli_answers_ask (CliAnswers *self, NnModel *model, const char *device, const guint8 *pixels, double threshold,
                          GError **error);

/** cli_answers_get_best: Returns: the likeliest class, the first of equals */
guint cli_answers_get_best (const CliAnswers *self, gsize index);
gboolean cli_answers_is_unknown (const CliAnswers *self, gsize index);
/** cli_answers_get_name: Returns: that class's name, or “unknown” */
const char *cli_answers_get_name (const CliAnswers *self, gsize index);

/** cli_answers_add_json: adds to the object that is open: class, guess, probability, probabilities */
void cli_answers_add_json (const CliAnswers *self, JsonBuilder *builder, gsize index);
/** cli_answers_describe: Returns: (transfer full): class, probability, runner-up and its probability, separated by tabs */
char *cli_answers_describe (const CliAnswers *self, gsize index);

/** cli_answers_new_csv: a table with the columns @first, @second (nullable), class, probability, and one for each class */
CliTable *cli_answers_new_csv (const CliAnswers *self, const char *first, const char *second);
void cli_answers_add_csv (const CliAnswers *self, CliTable *table, gsize index, const char *first, const char *second);

G_END_DECLS
