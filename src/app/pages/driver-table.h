/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PcnDistribution: of whom we know what packages are called */
typedef enum {
  PCN_DISTRIBUTION_DEBIAN,
  PCN_DISTRIBUTION_UBUNTU,
  PCN_DISTRIBUTION_FEDORA,
  PCN_DISTRIBUTION_ARCH,
  PCN_N_DISTRIBUTIONS,
} PcnDistribution;

/**
 * PcnDriver: what makes a kind of card an OpenCL device
 * @commands: how to install it, one for each #PcnDistribution
 */
typedef struct {
  const char *card;
  const char *note;
  const char *commands[PCN_N_DISTRIBUTIONS];
} PcnDriver;

/** pcn_driver_table: Returns: (array length=n): @card and @note are not translated yet */
const PcnDriver *pcn_driver_table (guint *n);
const char *pcn_distribution_get_name (PcnDistribution distribution);
/** pcn_distribution_find: @id, @like: (nullable): ID and ID_LIKE of os-release. Returns: what the system is,
 * or is like */
PcnDistribution pcn_distribution_find (const char *id, const char *like);

G_END_DECLS
