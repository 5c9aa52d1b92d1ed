/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/driver-table.h"

#include <glib/gi18n.h>
#include <string.h>

static const PcnDriver drivers[] = {
  { N_ ("Any Processor"),
    /* Translators: about the driver PoCL */
    N_ ("Works on every computer; slower than a graphics card"),
    { "sudo apt install pocl-opencl-icd", "sudo apt install pocl-opencl-icd", "sudo dnf install pocl",
      "sudo pacman -S pocl" } },
  { N_ ("NVIDIA Graphics"),
    /* Translators: about NVIDIA's own driver */
    N_ ("The OpenCL part of NVIDIA’s own driver"),
    { "sudo apt install nvidia-driver nvidia-opencl-icd", "sudo ubuntu-drivers install",
      "sudo dnf install xorg-x11-drv-nvidia-cuda", "sudo pacman -S opencl-nvidia" } },
  { N_ ("AMD Graphics"),
    /* Translators: ROCm and Mesa are drivers; keep RUSTICL_ENABLE=radeonsi */
    N_ ("ROCm’s driver or Mesa’s; Mesa’s needs RUSTICL_ENABLE=radeonsi in the environment"),
    { "sudo apt install mesa-opencl-icd", "sudo apt install mesa-opencl-icd", "sudo dnf install rocm-opencl",
      "sudo pacman -S rocm-opencl-runtime" } },
  { N_ ("Intel Graphics"),
    /* Translators: about Intel's own driver */
    N_ ("Intel’s compute runtime"),
    { "sudo apt install intel-opencl-icd", "sudo apt install intel-opencl-icd",
      "sudo dnf install intel-compute-runtime", "sudo pacman -S intel-compute-runtime" } },
};

const PcnDriver *
pcn_driver_table (guint *n)
{
  *n = G_N_ELEMENTS (drivers);
  return drivers;
}

const char *
pcn_distribution_get_name (PcnDistribution distribution)
{
  static const char *const names[PCN_N_DISTRIBUTIONS] = { "Debian", "Ubuntu", "Fedora", "Arch Linux" };

  return names[distribution];
}

static gboolean
find_word (const char *word, PcnDistribution *distribution)
{
  static const char *const ids[PCN_N_DISTRIBUTIONS] = { "debian", "ubuntu", "fedora", "arch" };

  for (int i = 0; i < PCN_N_DISTRIBUTIONS; i++)
    if (g_strcmp0 (word, ids[i]) == 0) {
      *distribution = (PcnDistribution) i;
      return TRUE;
    }
  return FALSE;
}

PcnDistribution
pcn_distribution_find (const char *id, const char *like)
{
  PcnDistribution found = PCN_DISTRIBUTION_DEBIAN;
  g_auto (GStrv) words = g_strsplit (like ? like : "", " ", -1);

  if (find_word (id, &found))
    return found;
  /* The nearest relative comes first. */
  for (guint i = 0; words[i]; i++)
    if (find_word (words[i], &found))
      break;
  return found;
}
