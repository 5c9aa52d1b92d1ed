/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recent-menu.h"
#include "session/recent.h"

#include <glib/gi18n.h>

#define FILLED_KEY "pcn-recent"

static void
append (GMenu *menu, GVariant *item)
{
  g_autofree const char **paths = g_variant_get_strv (item, NULL);
  g_autofree char *label = pcn_recent_label (paths);
  /* An underscore in a name is not a mnemonic. */
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) entry = g_menu_item_new (escaped, NULL);

  g_menu_item_set_action_and_target_value (entry, "win.open-recent", item);
  g_menu_append_item (menu, entry);
}

static void
update (GMenu *section, const char *key, GSettings *settings)
{
  g_autoptr (GVariant) list = g_settings_get_value (settings, PCN_RECENT_KEY);
  g_autoptr (GMenu) entries = g_menu_new ();
  g_autoptr (GMenu) end = g_menu_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  if (g_object_get_data (G_OBJECT (section), FILLED_KEY))
    g_menu_remove (section, g_menu_model_get_n_items (G_MENU_MODEL (section)) - 1);
  g_object_set_data (G_OBJECT (section), FILLED_KEY, GINT_TO_POINTER (g_variant_n_children (list) > 0));
  if (!g_variant_n_children (list))
    return;
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    append (entries, item);
  }
  g_menu_append (end, _ ("_Clear List"), "win.clear-recent");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (entries));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  g_menu_append_submenu (section, _ ("Open _Recent"), G_MENU_MODEL (menu));
}

void
pcn_recent_menu_attach (GMenu *section, GSettings *settings)
{
  g_return_if_fail (G_IS_MENU (section) && G_IS_SETTINGS (settings));

  g_signal_connect_object (settings, "changed::" PCN_RECENT_KEY, G_CALLBACK (update), section,
                           G_CONNECT_SWAPPED);
  update (section, NULL, settings);
}
