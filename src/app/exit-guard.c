/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exit-guard.h"

#include <unistd.h>

static gpointer
run (gpointer seconds)
{
  g_usleep (GPOINTER_TO_UINT (seconds) * G_USEC_PER_SEC);
  /* Not exit(): the handlers of a driver may wait for what hangs. */
  _exit (0);
}

void
pcn_exit_guard_start (guint seconds)
{
  g_thread_unref (g_thread_new ("exit guard", run, GUINT_TO_POINTER (seconds)));
}
