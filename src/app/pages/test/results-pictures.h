/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnResultsPictures:
 *
 * Pictures of an evaluation: a grid, and one of them large, with its bars, to be excluded or labelled anew.
 *
 * Property "session": the #PcnSession.
 *
 * Signal: #PcnResultsPictures::all: the user wants all mistakes back.
 */
#define PCN_TYPE_RESULTS_PICTURES (pcn_results_pictures_get_type ())
G_DECLARE_FINAL_TYPE (PcnResultsPictures, pcn_results_pictures, PCN, RESULTS_PICTURES, AdwBin)

/** pcn_results_pictures_show: @list: (transfer full): a GListStore of #PcnOutcome; @all: whether these are
 * all mistakes */
void pcn_results_pictures_show (PcnResultsPictures *self, GListModel *list, const char *title, gboolean all);
/** pcn_results_pictures_grab_focus: so that the arrow keys walk through the pictures */
void pcn_results_pictures_grab_focus (PcnResultsPictures *self);

G_END_DECLS
