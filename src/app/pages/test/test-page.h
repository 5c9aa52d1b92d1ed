/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTestPage:
 *
 * The fourth step: a canvas or a picture, and what the model says.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_TEST_PAGE (pcn_test_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnTestPage, pcn_test_page, PCN, TEST_PAGE, AdwBin)

G_END_DECLS
