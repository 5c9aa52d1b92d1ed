/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/session-table.h"

#include <glib/gi18n.h>

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnSession) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *csv = pcn_csv_make_finish (result, &error);

  if (csv)
    pcn_session_notice (self, _ ("Table saved"));
  else
    pcn_session_problem (self, _ ("The Table Wasn’t Saved"), error->message);
}

void
pcn_session_save_table (PcnSession *self, GFile *file, PcnCsvFunc make, gpointer data, GDestroyNotify destroy)
{
  g_return_if_fail (PCN_IS_SESSION (self) && G_IS_FILE (file));

  pcn_csv_make_async (file, make, data, destroy, on_saved, g_object_ref (self));
}
