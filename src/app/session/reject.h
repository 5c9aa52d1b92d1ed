/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnReject:
 *
 * A file that isn't used and why. Immutable. Properties, all read-only: "name", "reason".
 */
#define PCN_TYPE_REJECT (pcn_reject_get_type ())
G_DECLARE_FINAL_TYPE (PcnReject, pcn_reject, PCN, REJECT, GObject)

PcnReject *pcn_reject_new (const char *name, const char *reason);

G_END_DECLS
