/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sample-list.h"

G_BEGIN_DECLS

/**
 * PcnDiffering: a picture to which two models give different answers. Immutable.
 *
 * Properties, read-only: "sample" (#PcnSample), "truth" (its class), "answers" (“A: cat · B: dog”).
 */
#define PCN_TYPE_DIFFERING (pcn_differing_get_type ())
G_DECLARE_FINAL_TYPE (PcnDiffering, pcn_differing, PCN, DIFFERING, GObject)

/** PcnWhoIsRight: of two models; at most one, since their answers differ */
typedef enum {
  PCN_RIGHT_A,
  PCN_RIGHT_B,
  PCN_RIGHT_NEITHER,
} PcnWhoIsRight;

/** pcn_differing_new: @classes: of both models; @truth, @a, @b: the picture's class and the answers */
PcnDiffering *pcn_differing_new (PcnSample *sample, const char *const *classes, guint truth, guint a, guint b);
PcnWhoIsRight pcn_differing_get_right (PcnDiffering *self);

G_END_DECLS
