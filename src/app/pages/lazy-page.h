/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnLazyPage:
 *
 * The place of a page that is built when it is shown first, or earlier by pcn_lazy_page_build(): the four
 * pages have hundreds of widgets, and the first frame of the window must not wait for those that it doesn't
 * show.
 *
 * Properties: "page-type" (the type of the page, a widget with a writable property "session"), "session".
 */
#define PCN_TYPE_LAZY_PAGE (pcn_lazy_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnLazyPage, pcn_lazy_page, PCN, LAZY_PAGE, GtkWidget)

/** pcn_lazy_page_build: Returns: (transfer none): the page, built now if it wasn't yet */
GtkWidget *pcn_lazy_page_build (PcnLazyPage *self);
/** pcn_lazy_page_is_built: whether the page is there */
gboolean pcn_lazy_page_is_built (PcnLazyPage *self);

G_END_DECLS
