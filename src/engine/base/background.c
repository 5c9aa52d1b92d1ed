/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/background.h"

#include <sys/resource.h>

/* A tenth of a usual thread's share. */
#define NICE 10

void
nn_enter_background (void)
{
  /* On Linux this is of a thread, not of the process. A system that refuses computes as before. */
  if (getpriority (PRIO_PROCESS, 0) < NICE)
    setpriority (PRIO_PROCESS, 0, NICE);
}
