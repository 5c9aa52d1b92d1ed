/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/self-test.h"

G_BEGIN_DECLS

/* Shared by self-test.c and family.c. */
struct _PcnFamily {
  GObject parent_instance;
  char *id;
  guint n, n_done, n_passed;
  double seconds;
  gboolean crashed;
  GString *failures;
};

/** pcn_family_find_title: Returns: what people call the family; its id where it is not known here */
const char *pcn_family_find_title (const char *id);
void pcn_family_add_failure (PcnFamily *self, const char *name, JsonObject *result);
/** pcn_family_changed: notifies of everything */
void pcn_family_changed (PcnFamily *self);

G_END_DECLS
