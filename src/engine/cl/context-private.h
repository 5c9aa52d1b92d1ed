/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"
#include "cl/program-cache.h"

/* For buffer.c alone: adds to (or takes from) the account of live memory. */
void nn_context_account (NnContext *self, gint64 bytes);
