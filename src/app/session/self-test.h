/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * PcnTestState:
 * @PCN_TEST_NONE: not done yet
 * @PCN_TEST_WAITING: another device is at it
 * @PCN_TEST_PASSED: every kernel computes what its reference does
 * @PCN_TEST_FAILED: some kernel does not
 * @PCN_TEST_CRASHED: the driver took the process down, or it no longer answered
 * @PCN_TEST_CANCELLED: stopped by the user
 */
typedef enum {
  PCN_TEST_NONE,
  PCN_TEST_WAITING,
  PCN_TEST_RUNNING,
  PCN_TEST_PASSED,
  PCN_TEST_FAILED,
  PCN_TEST_CRASHED,
  PCN_TEST_CANCELLED,
} PcnTestState;

/**
 * PcnFamily:
 *
 * The verdict on one family of kernels.
 *
 * Properties, all read-only: "title", "summary" (“12 of 12 · 0.3 s”), "failures" (a line for each kernel that is wrong,
 * or an empty text), "state".
 */
#define PCN_TYPE_FAMILY (pcn_family_get_type ())
G_DECLARE_FINAL_TYPE (PcnFamily, pcn_family, PCN, FAMILY, GObject)
PcnTestState pcn_family_get_state (PcnFamily *self);

/**
 * PcnSelfTest:
 *
 * What is known of a device by testing it. Fed with the lines of “perceptron-cli selftest --lines”.
 *
 * Properties, all read-only: "state", "active" (waiting or running), "fraction" (0 to 1), "summary" (a sentence for
 * people), "families" (GListModel of #PcnFamily).
 */
#define PCN_TYPE_SELF_TEST (pcn_self_test_get_type ())
G_DECLARE_FINAL_TYPE (PcnSelfTest, pcn_self_test, PCN, SELF_TEST, GObject)

PcnSelfTest *pcn_self_test_new (void);
PcnTestState pcn_self_test_get_state (PcnSelfTest *self);
GListModel *pcn_self_test_get_families (PcnSelfTest *self);
/** pcn_self_test_begin: forgets the last verdict; @state: waiting or running */
void pcn_self_test_begin (PcnSelfTest *self, PcnTestState state);
/** pcn_self_test_take: one line; what isn't understood is left alone */
void pcn_self_test_take (PcnSelfTest *self, JsonObject *line);
/** pcn_self_test_end: @problem: (nullable): why there is no verdict; NULL without an end is a cancellation */
void pcn_self_test_end (PcnSelfTest *self, const char *problem, gboolean crashed);

G_END_DECLS
