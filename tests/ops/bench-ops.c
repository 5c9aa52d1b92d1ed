/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long each operator takes on the device, in every row of op-cases.c: the median of some runs, each waited for. */
#include "ops/op-check.h"

#include "test-context.h"

#include <stdio.h>

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (NnContext) context = test_context_new ();
  printf ("forward ms  backward ms  operator\n");
  for (const NnOpCase *row = nn_op_cases (); row->op; row++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *name = nn_op_case_name (row);
    NnOpTime time;
    if (!nn_op_time (context, row, FALSE, &time, &error)) {
      g_printerr ("%s: %s\n", name, error->message);
      return 1;
    }
    printf ("%10.4f  %11.4f  %s\n", time.forward_ms, time.backward_ms, name);
  }
  return 0;
}
