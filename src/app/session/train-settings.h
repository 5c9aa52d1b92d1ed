/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/trainer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The settings of a run, as they lie in GSettings under the names below; widgets are bound to the keys directly. */

/** PcnChoice: one value of a setting that is a word. @title: for people, to be translated */
typedef struct {
  const char *id;
  const char *title;
} PcnChoice;

/** pcn_train_settings_get_choices: @key: "optimizer", "schedule" or "augment". Returns: ends with a row without id; NULL
 * for any other key */
const PcnChoice *pcn_train_settings_get_choices (const char *key);

/**
 * pcn_train_settings_get_config:
 * @drawn_digits: whether the pictures are small grey ones, as drawings are
 * @perceptron: whether the network learns by Rosenblatt's rule
 * @pretrained: 0, or where it builds on a backbone, the pictures of training; then what the user hasn't set is as such a
 *   network needs it
 *
 * Returns: the settings as the engine takes them; its strings are interned
 */
NnTrainConfig pcn_train_settings_get_config (GSettings *settings, gboolean drawn_digits, gboolean perceptron,
                                             guint pretrained);

/** pcn_train_settings_are_default: Returns: whether the user has set none of the settings of a run */
gboolean pcn_train_settings_are_default (GSettings *settings);
void pcn_train_settings_reset (GSettings *settings);

G_END_DECLS
