/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the settings of a run make sense, and how a model tells of them. */
#include "train/train-config.h"

#include "base/error.h"
#include "net/augment.h"
#include "net/optimizer.h"
#include "net/schedule.h"

#include <glib/gi18n.h>
#include <math.h>

gboolean
nn_train_config_refuse (GError **error, const char *setting, const char *wanted)
{
  g_set_error (
      error, NN_ERROR, NN_ERROR_BAD_INPUT,
      /* Translators: a setting of a run and what it has to be, such as "The batch size must be above 0." */
      _ ("The %s must be %s."), _ (setting), _ (wanted));
  return FALSE;
}

gboolean
nn_train_config_check (const NnTrainConfig *config, GError **error)
{
  if (nn_optimizer_find (config->optimizer) == NULL)
    return nn_train_config_refuse (error, N_ ("optimizer"), N_ ("one of sgd, nesterov, adam, adamw"));
  if (nn_schedule_find (config->schedule) == NULL)
    return nn_train_config_refuse (error, N_ ("schedule"), N_ ("one of constant, step, cosine, one-cycle"));
  if (nn_augment_find (config->augment) == NULL)
    return nn_train_config_refuse (error, N_ ("augmentation"), N_ ("one of none, digits, photos"));
  if (config->epochs < 1 || config->epochs > 100000)
    return nn_train_config_refuse (error, N_ ("number of epochs"), N_ ("between 1 and 100000"));
  if (config->batch < 1 || config->batch > 65536)
    return nn_train_config_refuse (error, N_ ("batch size"), N_ ("between 1 and 65536"));
  if (!(config->learning_rate >= 0 && config->learning_rate <= 1000))
    return nn_train_config_refuse (error, N_ ("learning rate"), N_ ("above 0 and at most 1000"));
  if (!(config->momentum >= 0 && config->momentum < 1))
    return nn_train_config_refuse (error, N_ ("momentum"), N_ ("at least 0 and less than 1"));
  if (!(config->weight_decay >= 0 && config->weight_decay <= 10))
    return nn_train_config_refuse (error, N_ ("weight decay"), N_ ("between 0 and 10"));
  if (!(config->warmup_epochs >= 0 && config->warmup_epochs <= 100000))
    return nn_train_config_refuse (error, N_ ("warm-up"), N_ ("at least 0"));
  if (config->extra_epochs > 100000 || config->first_epoch >= config->epochs + config->extra_epochs)
    return nn_train_config_refuse (error, N_ ("number of epochs"), N_ ("larger than that of the epochs done"));
  return TRUE;
}

double
nn_transfer_weight_decay (guint n)
{
  return CLAMP (20.0 / MAX (n, 1), 0.02, 0.1);
}

double
nn_train_config_get_rate (const NnTrainConfig *config)
{
  return config->learning_rate > 0 ? config->learning_rate : nn_optimizer_find (config->optimizer)->learning_rate;
}

void
nn_train_describe (NnModel *model, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isnan (value))
    nn_model_set_metadata (model, key, g_ascii_formatd (text, sizeof text, "%.6g", value));
}

void
nn_train_config_describe (const NnTrainConfig *config, NnModel *model)
{
  nn_model_set_metadata (model, "optimizer", config->optimizer);
  nn_model_set_metadata (model, "schedule", config->schedule);
  nn_model_set_metadata (model, "augment", config->augment);
  nn_train_describe (model, "learning_rate", nn_train_config_get_rate (config));
  nn_train_describe (model, "seed", (double) config->seed);
}
