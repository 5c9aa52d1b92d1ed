/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/trainer.h"

G_BEGIN_DECLS

/* For trainer.c and train-config.c alone; nn_train_config_check() is in trainer.h. */

/** nn_train_config_refuse: sets @error; @setting, @wanted: marked by N_(). Returns: FALSE */
gboolean nn_train_config_refuse (GError **error, const char *setting, const char *wanted);
/** nn_train_config_get_rate: Returns: the learning rate, which may be the optimizer's own */
double nn_train_config_get_rate (const NnTrainConfig *config);
/** nn_train_config_describe: writes it into the metadata of @model */
void nn_train_config_describe (const NnTrainConfig *config, NnModel *model);
/** nn_train_describe: writes a number there, unless it is none */
void nn_train_describe (NnModel *model, const char *key, double value);

G_END_DECLS
