/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/recent.h"

#include <glib/gi18n.h>

#define MAX_NAMES 3

GVariant *
pcn_recent_push (GVariant *list, const char *const *paths)
{
  GVariantBuilder builder;
  guint n = 1;

  g_return_val_if_fail (g_variant_is_of_type (list, G_VARIANT_TYPE ("aas")) && paths && paths[0], NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aas"));
  g_variant_builder_add_value (&builder, g_variant_new_strv (paths, -1));
  for (gsize i = 0; i < g_variant_n_children (list) && n < PCN_RECENT_MAX; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    g_autofree const char **old = g_variant_get_strv (item, NULL);
    if (old[0] && !g_strv_equal (old, paths)) {
      g_variant_builder_add_value (&builder, item);
      n++;
    }
  }
  return g_variant_builder_end (&builder);
}

char *
pcn_recent_label (const char *const *paths)
{
  g_autoptr (GString) names = g_string_new (NULL);

  g_return_val_if_fail (paths && paths[0], NULL);

  for (guint i = 0; paths[i]; i++) {
    g_autofree char *name = g_filename_display_basename (paths[i]);
    if (i == MAX_NAMES) {
      g_string_append (names, "…");
      break;
    }
    g_string_append_printf (names, "%s%s", i ? ", " : "", name);
  }
  g_autofree char *folder = g_path_get_dirname (paths[0]);
  g_autofree char *parent = g_filename_display_basename (folder);
  /* Translators: names of files and the folder that they lie in, as in “cat, dog (Pictures)” */
  return g_strdup_printf (_ ("%s (%s)"), names->str, parent);
}

void
pcn_recent_add (GSettings *settings, const char *const *paths)
{
  g_return_if_fail (G_IS_SETTINGS (settings));

  g_autoptr (GVariant) list = g_settings_get_value (settings, PCN_RECENT_KEY);
  g_settings_set_value (settings, PCN_RECENT_KEY, pcn_recent_push (list, paths));
}
