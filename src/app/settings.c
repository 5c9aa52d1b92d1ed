/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are: settings and data, installed or in the source tree. */
#include "config.h"

#include "settings.h"

GSettings *
pcn_settings_new (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = installed ? g_settings_schema_source_lookup (installed, APPLICATION_ID, TRUE) : NULL;

  if (!schema) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSettingsSchemaSource) built
        = g_settings_schema_source_new_from_directory (PCN_BUILD_DATADIR, installed, FALSE, &error);
    schema = built ? g_settings_schema_source_lookup (built, APPLICATION_ID, TRUE) : NULL;
  }
  /* As GSettings itself does: without its schema the program is not installed. */
  if (!schema)
    g_error ("The settings schema " APPLICATION_ID " is not installed. Install the program again.");
  return g_settings_new_full (schema, NULL, NULL);
}

char *
pcn_settings_find_data (const char *name)
{
  const char *roots[] = { g_getenv ("PERCEPTRON_DATADIR"), PCN_SOURCE_DATADIR, PKGDATADIR };

  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++) {
    g_autofree char *path = roots[i] ? g_build_filename (roots[i], name, NULL) : NULL;
    if (path && g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&path);
  }
  return g_build_filename (PKGDATADIR, name, NULL);
}

/* Beside the program, as it was built, as it was installed, or wherever the shell would find it. */
char *
pcn_settings_find_cli (void)
{
  static const char name[] = "perceptron-cli";
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder ? g_build_filename (folder, name, NULL) : NULL;
  const char *candidates[] = { g_getenv ("PERCEPTRON_CLI"), beside, PCN_BUILD_CLI, PCN_BINDIR "/perceptron-cli" };

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    if (candidates[i] && g_file_test (candidates[i], G_FILE_TEST_IS_EXECUTABLE))
      return g_strdup (candidates[i]);
  return g_strdup (name);
}

/* The folder of the program's data that holds the images of an IDX set, or NULL. */
static char *
find_idx_set (const char *name)
{
  static const char *const names[] = { "train-images-idx3-ubyte", "train-images-idx3-ubyte.gz" };
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "perceptron", name, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&folder);
  }
  return NULL;
}

char *
pcn_settings_get_mnist (void)
{
  return find_idx_set ("mnist");
}

char *
pcn_settings_get_fashion (void)
{
  return find_idx_set ("fashion-mnist");
}

char *
pcn_settings_get_locale_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return g_strdup (program && g_str_has_prefix (program, PCN_BUILD_ROOT "/") ? PCN_BUILD_ROOT "/po" : LOCALEDIR);
}
