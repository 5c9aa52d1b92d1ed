/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"
#include "output.h"

#include "cl/device-list.h"

#include <stdio.h>
#include <string.h>

static void
print_json (Cli *cli, NnDeviceList *list)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (G_LIST_MODEL (list), i);
    const NnDeviceLimits *limits = nn_device_get_limits (device);
    json_builder_begin_object (builder);
    cli_json_string (builder, "id", nn_device_get_id (device));
    cli_json_string (builder, "name", nn_device_get_name (device));
    cli_json_string (builder, "vendor", nn_device_get_vendor (device));
    cli_json_string (builder, "platform", nn_device_get_platform (device));
    cli_json_string (builder, "driver", nn_device_get_driver (device));
    cli_json_string (builder, "version", nn_device_get_version (device));
    cli_json_string (builder, "kind", nn_device_kind_name (nn_device_get_kind (device)));
    cli_json_int (builder, "compute_units", limits->compute_units);
    cli_json_int (builder, "clock_mhz", limits->clock);
    cli_json_int (builder, "memory", (gint64) limits->memory);
    cli_json_int (builder, "max_alloc", (gint64) limits->max_alloc);
    cli_json_int (builder, "local_memory", (gint64) limits->local_memory);
    cli_json_int (builder, "max_work_group", (gint64) limits->max_work_group);
    cli_json_string (builder, "extensions", nn_device_get_extensions (device));
    cli_json_bool (builder, "usable", nn_device_get_unusable_reason (device) == NULL);
    cli_json_string (builder, "unusable_reason", nn_device_get_unusable_reason (device));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (cli->lines)
    cli_print_json_line (builder, NULL);
  else
    cli_print_json (builder);
}

static void
print_device (NnDevice *device, guint index)
{
  const NnDeviceLimits *limits = nn_device_get_limits (device);
  g_autofree char *memory = cli_format_bytes (limits->memory);
  g_autofree char *largest = cli_format_bytes (limits->max_alloc);
  const char *reason = nn_device_get_unusable_reason (device);
  printf ("%s%u  %s\n", index > 0 ? "\n" : "", index, nn_device_get_name (device));
  printf ("   id             %s\n", nn_device_get_id (device));
  printf ("   kind           %s\n", nn_device_kind_name (nn_device_get_kind (device)));
  printf ("   vendor         %s\n", nn_device_get_vendor (device));
  printf ("   platform       %s\n", nn_device_get_platform (device));
  printf ("   driver         %s\n", nn_device_get_driver (device));
  printf ("   version        %s\n", nn_device_get_version (device));
  printf ("   compute units  %u\n", limits->compute_units);
  printf ("   memory         %s (largest buffer %s)\n", memory, largest);
  if (reason != NULL)
    printf ("   not usable     %s\n", reason);
}

gboolean
cli_run_devices (Cli *cli, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "lines", 0, 0, G_OPTION_ARG_NONE, &cli->lines, "Print one JSON object on one line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  if (cli->json || cli->lines)
    print_json (cli, list);
  else
    for (guint i = 0; i < n; i++) {
      g_autoptr (NnDevice) device = g_list_model_get_item (G_LIST_MODEL (list), i);
      print_device (device, i);
    }
  if (n > 0)
    return TRUE;
  g_set_error_literal (error, NN_ERROR, NN_ERROR_NO_DEVICE, nn_device_list_get_advice (list));
  return FALSE;
}
