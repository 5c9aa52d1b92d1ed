/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "preferences/device-facts.h"
#include "widgets/device-row.h"

#include <glib/gi18n.h>

static void
add_fact (GtkGrid *grid, int *row, const char *title, const char *value)
{
  if (!value || !value[0])
    return;
  GtkWidget *name = gtk_label_new (title), *label = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, value,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
  gtk_grid_attach (grid, name, 0, *row, 1, 1);
  gtk_grid_attach (grid, label, 1, (*row)++, 1, 1);
}

/* What numbers it computes with: kernels need float32 alone. */
static char *
describe_precision (NnDevice *device)
{
  gboolean half = nn_device_has_extension (device, "cl_khr_fp16");
  gboolean twice = nn_device_has_extension (device, "cl_khr_fp64");

  return g_strdup_printf ("%sfp32%s", half ? "fp16, " : "", twice ? ", fp64" : "");
}

void
pcn_device_facts_fill (GtkGrid *grid, NnDevice *device)
{
  const NnDeviceLimits *limits = nn_device_get_limits (device);
  int row = 0;
  g_autofree char *units = pcn_format_count (limits->compute_units);
  /* Translators: a clock frequency */
  g_autofree char *clock = limits->clock > 0 ? g_strdup_printf (_ ("%u MHz"), limits->clock) : NULL;
  g_autofree char *memory = pcn_format_memory (limits->memory);
  g_autofree char *largest = pcn_format_memory (limits->max_alloc);
  g_autofree char *local = g_format_size_full (limits->local_memory, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *group = pcn_format_count (limits->max_work_group);
  g_autofree char *precision = describe_precision (device);

  add_fact (grid, &row, _ ("Kind"), pcn_device_kind_get_title (nn_device_get_kind (device)));
  add_fact (grid, &row, _ ("Vendor"), nn_device_get_vendor (device));
  add_fact (grid, &row, _ ("Platform"), nn_device_get_platform (device));
  add_fact (grid, &row, _ ("Driver"), nn_device_get_driver (device));
  add_fact (grid, &row, _ ("OpenCL"), nn_device_get_version (device));
  add_fact (grid, &row, _ ("Compute Units"), units);
  add_fact (grid, &row, _ ("Clock"), clock);
  add_fact (grid, &row, _ ("Memory"), memory);
  add_fact (grid, &row, _ ("Largest Allocation"), largest);
  add_fact (grid, &row, _ ("Local Memory"), local);
  add_fact (grid, &row, _ ("Largest Work-Group"), group);
  /* Translators: which kinds of floating-point numbers a device knows, such as fp16 */
  add_fact (grid, &row, _ ("Numbers"), precision);
  /* Translators: the name by which the command line knows the device */
  add_fact (grid, &row, _ ("Identifier"), nn_device_get_id (device));
}
