/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For trainer.c and train-config.c alone; nn_train_config_check() is in trainer.h. */

/** nn_train_config_refuse: sets @error; @setting, @wanted: marked by N_(). Returns: FALSE */
gboolean nn_train_config_refuse (GError **error, const char *setting, const char *wanted);

G_END_DECLS
