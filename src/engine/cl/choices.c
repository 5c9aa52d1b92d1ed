/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/choices.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define FORMAT "perceptron tuning 1\n"
#define DIGEST_LENGTH 64
#define KERNELS "/perceptron/kernels/"
/* Of a file; one that has grown beyond that is begun anew. */
#define MAX_BYTES (1 << 20)

struct _NnChoices {
  NnDevice *device;
  gboolean is_off, rules_only;
  gboolean loaded;
  char *path;
  GHashTable *tuned;  /* key → name */
  GHashTable *held;   /* the same; nullable */
  GHashTable *record; /* the same; nullable */
  NnChoicesAsked asked;
  gpointer asked_data;
};

static GHashTable *
table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

NnChoices *
nn_choices_new (NnDevice *device)
{
  NnChoices *self = g_new0 (NnChoices, 1);
  self->device = g_object_ref (device);
  self->is_off = g_strcmp0 (g_getenv ("PERCEPTRON_TUNE"), "0") == 0;
  self->tuned = table_new ();
  return self;
}

void
nn_choices_free (NnChoices *self)
{
  g_hash_table_unref (self->tuned);
  g_clear_pointer (&self->held, g_hash_table_unref);
  g_clear_pointer (&self->record, g_hash_table_unref);
  g_free (self->path);
  g_object_unref (self->device);
  g_free (self);
}

/* The source of all kernels: a choice between them is good for these only. */
static void
add_kernels (GChecksum *sum)
{
  g_auto (GStrv) names = g_resources_enumerate_children (KERNELS, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (KERNELS, names[i], NULL);
    g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (bytes == NULL)
      continue;
    gsize size;
    const guchar *data = g_bytes_get_data (bytes, &size);
    g_checksum_update (sum, data, (gssize) size);
  }
}

static char *
create_path (NnDevice *device)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *facts[] = { FORMAT, nn_device_get_platform (device), nn_device_get_id (device), nn_device_get_driver (device),
                          nn_device_get_version (device) };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    g_checksum_update (sum, (const guchar *) facts[i], (gssize) strlen (facts[i]) + 1);
  add_kernels (sum);
  return g_build_filename (g_get_user_cache_dir (), "perceptron", "tuning", g_checksum_get_string (sum), NULL);
}

/* "key=name" between separators; what doesn't look so is passed over. */
static void
add_lines (GHashTable *table, const char *text, const char *separator)
{
  g_auto (GStrv) lines = g_strsplit (text, separator, -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *equals = strchr (lines[i], '=');
    if (equals == NULL || equals == lines[i] || equals[1] == '\0')
      continue;
    g_hash_table_insert (table, g_strndup (lines[i], (gsize) (equals - lines[i])), g_strdup (equals + 1));
  }
}

static char *
to_lines (GHashTable *table, const char *separator)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
  GString *text = g_string_new (NULL);
  for (GList *l = keys; l != NULL; l = l->next)
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? separator : "", (const char *) l->data,
                            (const char *) g_hash_table_lookup (table, l->data));
  return g_string_free (text, FALSE);
}

/* Returns: what follows the digest, if all is as it was written. */
static const char *
check_contents (const char *contents, gsize length)
{
  gsize head = strlen (FORMAT) + DIGEST_LENGTH + 1;
  if (length <= head || strlen (contents) != length || strncmp (contents, FORMAT, strlen (FORMAT)) != 0 ||
      contents[head - 1] != '\n')
    return NULL;
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, contents + head, -1);
  return strncmp (digest, contents + strlen (FORMAT), DIGEST_LENGTH) == 0 ? contents + head : NULL;
}

/* What the file holds is added to @table. */
static void
read_file (NnChoices *self, GHashTable *table)
{
  GStatBuf facts;
  if (g_stat (self->path, &facts) != 0)
    return;
  g_autofree char *contents = NULL;
  gsize length = 0;
  const char *lines = NULL;
  if (S_ISREG (facts.st_mode) && facts.st_size <= MAX_BYTES && g_file_get_contents (self->path, &contents, &length, NULL))
    lines = check_contents (contents, length);
  if (lines != NULL) {
    add_lines (table, lines, "\n");
    return;
  }
  g_message ("What was tuned for “%s” can't be read and is made anew: %s is damaged.", nn_device_get_name (self->device),
             self->path);
  g_remove (self->path);
}

static void
load (NnChoices *self)
{
  if (self->loaded || self->is_off)
    return;
  self->loaded = TRUE;
  self->path = create_path (self->device);
  read_file (self, self->tuned);
}

const char *
nn_choices_get (NnChoices *self, const char *key)
{
  const char *name = self->held ? g_hash_table_lookup (self->held, key) : NULL;
  if (name != NULL || self->rules_only)
    return name;
  load (self);
  return g_hash_table_lookup (self->tuned, key);
}

guint
nn_choices_ask (NnChoices *self, const char *key, const char (*names)[NN_CHOICE_NAME], guint n)
{
  g_assert (n > 0);
  const char *wanted = nn_choices_get (self, key);
  guint chosen = 0;
  for (guint i = 0; wanted != NULL && i < n; i++)
    if (strcmp (names[i], wanted) == 0)
      chosen = i;
  if (self->record != NULL)
    g_hash_table_insert (self->record, g_strdup (key), g_strdup (names[chosen]));
  if (self->asked != NULL)
    self->asked (key, names, n, chosen, self->asked_data);
  return chosen;
}

void
nn_choices_listen (NnChoices *self, NnChoicesAsked asked, gpointer data)
{
  self->asked = asked;
  self->asked_data = data;
}

void
nn_choices_set (NnChoices *self, const char *key, const char *name)
{
  load (self);
  if (name != NULL)
    g_hash_table_insert (self->tuned, g_strdup (key), g_strdup (name));
  else
    g_hash_table_remove (self->tuned, key);
}

void
nn_choices_set_rules_only (NnChoices *self, gboolean on)
{
  self->rules_only = on;
}

gboolean
nn_choices_get_rules_only (NnChoices *self)
{
  return self->rules_only || self->is_off;
}

void
nn_choices_hold (NnChoices *self, const char *text)
{
  g_clear_pointer (&self->held, g_hash_table_unref);
  if (text == NULL)
    return;
  self->held = table_new ();
  add_lines (self->held, text, ";");
}

void
nn_choices_start_record (NnChoices *self)
{
  g_clear_pointer (&self->record, g_hash_table_unref);
  self->record = table_new ();
}

char *
nn_choices_take_record (NnChoices *self)
{
  g_return_val_if_fail (self->record != NULL, NULL);
  char *text = to_lines (self->record, ";");
  g_clear_pointer (&self->record, g_hash_table_unref);
  return text;
}

static void
copy_table (GHashTable *to, GHashTable *from)
{
  GHashTableIter iter;
  gpointer key, name;
  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &name))
    g_hash_table_insert (to, g_strdup (key), g_strdup (name));
}

void
nn_choices_take_over (NnChoices *self, NnChoices *from)
{
  load (from);
  self->loaded = TRUE;
  self->rules_only = from->rules_only;
  self->path = g_strdup (from->path);
  copy_table (self->tuned, from->tuned);
  if (from->held != NULL)
    copy_table (self->held = table_new (), from->held);
}

void
nn_choices_save (NnChoices *self)
{
  if (self->is_off)
    return;
  load (self);
  /* First what is there, which may have grown; ours goes over it. */
  g_autoptr (GHashTable) all = table_new ();
  read_file (self, all);
  copy_table (all, self->tuned);
  g_autofree char *lines = to_lines (all, "\n");
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, lines, -1);
  g_autofree char *contents = g_strconcat (FORMAT, digest, "\n", lines, NULL);
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_mkdir_with_parents (folder, 0700);
  g_autoptr (GError) error = NULL;
  if (strlen (contents) > MAX_BYTES)
    g_remove (self->path);
  else if (!g_file_set_contents (self->path, contents, -1, &error))
    g_message ("What was tuned is not kept: %s", error->message);
}
