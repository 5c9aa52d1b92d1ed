/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"

/** test_context_new: Returns: the open device that PERCEPTRON_TEST_DEVICE names, or the best one; without any, the test
 * program ends as skipped. Call it after g_test_init() */
NnContext *test_context_new (void);
