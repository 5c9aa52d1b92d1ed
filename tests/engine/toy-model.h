/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/model.h"

/** toy_model_new: Returns: (transfer full): a preset for grey pictures of @side × @side and three classes, with first
 * weights of seed 1 and the preprocessing that @pixels want */
NnModel *toy_model_new (const char *preset, guint side, NnPixels *pixels);
