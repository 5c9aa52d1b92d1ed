/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

G_BEGIN_DECLS

/* For session.c. */
PcnInside *pcn_inside_new (PcnSession *session);
/** pcn_inside_detach: the session goes away */
void pcn_inside_detach (PcnInside *self);

G_END_DECLS
