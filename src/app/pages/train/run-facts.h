/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnRunFacts:
 *
 * The numbers of a run: speed, time, learning rate, device memory. Each has its place, known or not, so that nothing moves.
 *
 * Properties: "session".
 */
#define PCN_TYPE_RUN_FACTS (pcn_run_facts_get_type ())
G_DECLARE_FINAL_TYPE (PcnRunFacts, pcn_run_facts, PCN, RUN_FACTS, AdwBin)

G_END_DECLS
