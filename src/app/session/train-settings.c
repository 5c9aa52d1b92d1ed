/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/train-settings.h"

#include <glib/gi18n.h>

static const char *const keys[] = { "epochs",   "batch-size", "learning-rate", "optimizer", "momentum", "weight-decay",
                                    "schedule", "warm-up",    "augment",       "patience",  "seed",     "more-epochs",
                                    "fine-tune" };

static const PcnChoice optimizers[] = {
  /* Translators: names of optimizers; “momentum” is the physicists’ word */
  { "sgd", N_ ("Gradient descent with momentum") },
  { "nesterov", N_ ("Nesterov’s momentum") },
  { "adam", N_ ("Adam") },
  { "adamw", N_ ("AdamW") },
  { NULL, NULL },
};

static const PcnChoice schedules[] = {
  /* Translators: how the learning rate changes during training */
  { "constant", N_ ("Constant") },
  { "step", N_ ("In steps: a tenth after each third") },
  { "cosine", N_ ("Cosine: falls gently to zero") },
  { "one-cycle", N_ ("One cycle: rises, then falls") },
  { NULL, NULL },
};

static const PcnChoice augmentations[] = {
  /* Translators: how pictures are varied during training */
  { "auto", N_ ("Automatic") },
  { "none", N_ ("None") },
  { "digits", N_ ("Like handwriting") },
  { "photos", N_ ("Like photos") },
  { NULL, NULL },
};

const PcnChoice *
pcn_train_settings_get_choices (const char *key)
{
  if (g_str_equal (key, "optimizer"))
    return optimizers;
  if (g_str_equal (key, "schedule"))
    return schedules;
  return g_str_equal (key, "augment") ? augmentations : NULL;
}

static const char *
get_interned (GSettings *settings, const char *key)
{
  g_autofree char *value = g_settings_get_string (settings, key);

  return g_intern_string (value);
}

static gboolean
is_set (GSettings *settings, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_user_value (settings, key);

  return value != NULL;
}

static void
suit_backbone (GSettings *settings, guint n, NnTrainConfig *config)
{
  const NnTrainConfig transfer = NN_TRAIN_CONFIG_TRANSFER;

  if (!is_set (settings, "epochs"))
    config->epochs = transfer.epochs;
  if (!is_set (settings, "batch-size"))
    config->batch = transfer.batch;
  if (!is_set (settings, "weight-decay"))
    config->weight_decay = nn_transfer_weight_decay (n);
  if (!is_set (settings, "learning-rate") && g_str_equal (config->optimizer, transfer.optimizer))
    config->learning_rate = transfer.learning_rate;
}

NnTrainConfig
pcn_train_settings_get_config (GSettings *settings, gboolean drawn_digits, gboolean perceptron, guint pretrained)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;

  config.epochs = (guint) g_settings_get_int (settings, "epochs");
  config.batch = (guint) g_settings_get_int (settings, "batch-size");
  config.learning_rate = g_settings_get_double (settings, "learning-rate");
  config.optimizer = get_interned (settings, "optimizer");
  config.momentum = g_settings_get_double (settings, "momentum");
  config.weight_decay = g_settings_get_double (settings, "weight-decay");
  config.schedule = get_interned (settings, "schedule");
  config.warmup_epochs = g_settings_get_double (settings, "warm-up");
  config.augment = get_interned (settings, "augment");
  config.patience = (guint) g_settings_get_int (settings, "patience");
  config.seed = (guint64) g_settings_get_int (settings, "seed");
  config.tune = g_settings_get_boolean (settings, "tune");
  /* Drawings are judged on what people draw, photos on what they take: both vary more than any data set. */
  if (g_str_equal (config.augment, "auto"))
    config.augment = perceptron ? "none" : drawn_digits ? "digits" : "photos";
  if (pretrained > 0)
    suit_backbone (settings, pretrained, &config);
  return config;
}

gboolean
pcn_train_settings_are_default (GSettings *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (is_set (settings, keys[i]))
      return FALSE;
  return TRUE;
}

void
pcn_train_settings_reset (GSettings *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}
