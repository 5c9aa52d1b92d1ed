/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTestPage:
 *
 * The fourth step: views of what the model makes of drawings and pictures, with a switcher of their own. Each
 * view is a child of the stack in its template, with a button there for the action "test.view".
 *
 * Properties: "session" (the #PcnSession), "view" (name of the view that is shown; a name that isn't there is
 * left alone).
 */
#define PCN_TYPE_TEST_PAGE (pcn_test_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnTestPage, pcn_test_page, PCN, TEST_PAGE, AdwBin)

G_END_DECLS
