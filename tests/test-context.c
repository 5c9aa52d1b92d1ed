/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-context.h"

#include "cl/device-list.h"

#include <stdlib.h>

#define SKIPPED 77

NnContext *
test_context_new (void)
{
  nn_device_prepare_environment ();
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
