/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op-check.h"

G_BEGIN_DECLS

/* The rows of the self-test that are no operators. For self-test.c alone. */

/** NnNetCheck: @family: as nn_self_test_family() has it; @run: fills @check, or returns FALSE when the device did not do
 * it; @argument: its last one */
typedef struct {
  const char *name;
  const char *family;
  double tolerance;
  gboolean (*run) (NnContext *context, const char *argument, NnOpCheck *check, GError **error);
  const char *argument;
} NnNetCheck;

/** nn_net_checks: Returns: the table, ended by a row without a name */
const NnNetCheck *nn_net_checks (void);

G_END_DECLS
