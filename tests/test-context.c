/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-context.h"

#include "cl/device-list.h"
#include "cl/program-build.h"

#include <stdlib.h>

#define SKIPPED 77

/* A kernel that needs more than kernels/pocl.clh declares works, but takes long to build. */
static void
on_debug_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (g_str_has_prefix (message, NN_PROGRAM_UNDECLARED))
    g_error ("%s", message);
}

NnContext *
test_context_new (void)
{
  nn_device_prepare_environment ();
  g_log_set_handler ("perceptron", G_LOG_LEVEL_DEBUG, on_debug_message, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDeviceList) devices = nn_device_list_new ();
  g_autoptr (NnDevice) device = nn_device_list_find (devices, g_getenv ("PERCEPTRON_TEST_DEVICE"), &error);
  if (device == NULL) {
    g_printerr ("%s\n", error->message);
    exit (SKIPPED);
  }
  NnContext *context = nn_context_new (device, &error);
  g_assert_no_error (error);
  return context;
}
