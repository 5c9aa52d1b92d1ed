/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTrainPage:
 *
 * The third step: settings, start and stop, and the curves.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_TRAIN_PAGE (pcn_train_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnTrainPage, pcn_train_page, PCN, TRAIN_PAGE, AdwBin)

G_END_DECLS
