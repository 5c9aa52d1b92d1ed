/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file:
 *   version   1
 *   paths     what was opened, as file names escaped like URIs: they need not be UTF-8
 *   plan      own, validation, test, seed
 *   classes   the names of the classes, in order
 *   sources   for each class of the source what it is called now
 *   moved     sample: class, of those that went another way than their class
 *   excluded  samples
 *   split     a digit for each sample, in order, and
 *   order     a digest of the samples in order, without which the digits mean nothing: then the plan splits
 * anew A sample is its escaped path, or "#" and its index where it has none. */
#include "config.h"

#include "session/last-data.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define VERSION 1

struct _PcnLastData {
  char **paths, **classes;
  NnSplitPlan plan;
  GHashTable *sources; /* name at the import: name now */
  GHashTable *moved;   /* sample: name of its class */
  GHashTable *excluded;
  char *split, *order;
};

char *
pcn_last_data_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "perceptron", "last-data.json", NULL);
}

static char *
escape (const char *path)
{
  return g_uri_escape_string (path, "/ ", FALSE);
}

static char *
sample_key (const NnSample *sample)
{
  return sample->path ? escape (sample->path) : g_strdup_printf ("#%u", sample->index);
}

/* The samples that came with the import. */
static guint
count_sources (NnDataset *dataset)
{
  guint n = nn_dataset_get_n_samples (dataset);

  for (; n > 0; n--) {
    NnSample sample;
    nn_dataset_get_sample (dataset, n - 1, &sample);
    if (sample.source_class)
      break;
  }
  return n;
}

static char *
digest_order (NnDataset *dataset, guint n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);

  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    const char *name = sample.path ? sample.path : sample.name;
    g_checksum_update (sum, (const guchar *) name, (gssize) strlen (name) + 1);
  }
  return g_strdup (g_checksum_get_string (sum));
}

/* Where most of each source's class went. */
static GHashTable *
find_sources (NnDataset *dataset, guint n)
{
  GHashTable *sources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL);
  g_autoptr (GHashTable) counts
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);
  guint n_classes = nn_dataset_get_n_classes (dataset);
  GHashTableIter iter;
  gpointer name, value;

  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    GArray *row = g_hash_table_lookup (counts, sample.source_class);
    if (!row) {
      row = g_array_sized_new (FALSE, TRUE, sizeof (guint), n_classes);
      g_array_set_size (row, n_classes);
      g_hash_table_insert (counts, (gpointer) sample.source_class, row);
    }
    g_array_index (row, guint, sample.class_index)++;
  }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    const GArray *row = value;
    guint most = 0;
    for (guint c = 1; c < n_classes; c++)
      if (g_array_index (row, guint, c) > g_array_index (row, guint, most))
        most = c;
    g_hash_table_insert (sources, name, (gpointer) nn_dataset_get_class_name (dataset, most));
  }
  return sources;
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *strings, gboolean escaped)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (const char *const *s = strings; *s; s++) {
    g_autofree char *text = escaped ? escape (*s) : g_strdup (*s);
    json_builder_add_string_value (builder, text);
  }
  json_builder_end_array (builder);
}

static void
add_plan (JsonBuilder *builder, const NnSplitPlan *plan)
{
  json_builder_set_member_name (builder, "plan");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "own");
  json_builder_add_boolean_value (builder, plan->own);
  json_builder_set_member_name (builder, "validation");
  json_builder_add_double_value (builder, plan->val_fraction);
  json_builder_set_member_name (builder, "test");
  json_builder_add_double_value (builder, plan->test_fraction);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_int_value (builder, (gint64) plan->seed);
  json_builder_end_object (builder);
}

static void
add_samples (JsonBuilder *builder, NnDataset *dataset, guint n, GHashTable *sources)
{
  g_autofree char *split = g_malloc (n + 1), *order = digest_order (dataset, n);

  json_builder_set_member_name (builder, "moved");
  json_builder_begin_object (builder);
  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    split[i] = (char) ('0' + sample.split);
    const char *name = nn_dataset_get_class_name (dataset, sample.class_index);
    if (strcmp (g_hash_table_lookup (sources, sample.source_class), name) == 0)
      continue;
    g_autofree char *key = sample_key (&sample);
    json_builder_set_member_name (builder, key);
    json_builder_add_string_value (builder, name);
  }
  json_builder_end_object (builder);
  split[n] = '\0';
  json_builder_set_member_name (builder, "excluded");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    g_autofree char *key = sample.excluded ? sample_key (&sample) : NULL;
    if (key)
      json_builder_add_string_value (builder, key);
  }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "split");
  json_builder_add_string_value (builder, split);
  json_builder_set_member_name (builder, "order");
  json_builder_add_string_value (builder, order);
}

/* Without those that only added pictures have. */
static char **
used_classes (NnDataset *dataset, guint n)
{
  g_auto (GStrv) names = nn_dataset_dup_class_names (dataset);
  g_autoptr (GPtrArray) used = g_ptr_array_new ();
  g_autofree gboolean *seen = g_new0 (gboolean, g_strv_length (names));

  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    seen[sample.class_index] = TRUE;
  }
  for (guint c = 0; names[c]; c++)
    if (seen[c])
      g_ptr_array_add (used, g_strdup (names[c]));
  g_ptr_array_add (used, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&used), FALSE);
}

char *
pcn_last_data_format (const char *const *paths, NnDataset *dataset, const NnSplitPlan *plan)
{
  g_return_val_if_fail (paths && dataset && plan, NULL);

  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n = count_sources (dataset);
  g_autoptr (GHashTable) sources = find_sources (dataset, n);
  g_auto (GStrv) classes = used_classes (dataset, n);
  GHashTableIter iter;
  gpointer name, now;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, VERSION);
  add_strings (builder, "paths", paths, TRUE);
  add_plan (builder, plan);
  add_strings (builder, "classes", (const char *const *) classes, FALSE);
  json_builder_set_member_name (builder, "sources");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, sources);
  while (g_hash_table_iter_next (&iter, &name, &now)) {
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, now);
  }
  json_builder_end_object (builder);
  add_samples (builder, dataset, n, sources);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* Members of another type count as missing: json-glib would complain loudly about each. */
static JsonNode *
member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && json_node_get_node_type (node) == type ? node : NULL;
}

static const char *
text_of (JsonNode *node)
{
  return node && json_node_get_node_type (node) == JSON_NODE_VALUE ? json_node_get_string (node) : NULL;
}

static char **
read_strings (JsonObject *object, const char *name, gboolean escaped)
{
  JsonNode *node = member (object, name, JSON_NODE_ARRAY);
  JsonArray *array = node ? json_node_get_array (node) : NULL;
  GPtrArray *strings = g_ptr_array_new ();

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    const char *text = text_of (json_array_get_element (array, i));
    char *copy = text && escaped ? g_uri_unescape_string (text, NULL) : g_strdup (text);
    if (copy && copy[0])
      g_ptr_array_add (strings, copy);
    else
      g_free (copy);
  }
  g_ptr_array_add (strings, NULL);
  return (char **) g_ptr_array_free (strings, FALSE);
}

static GHashTable *
read_table (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_OBJECT);
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) keys = node ? json_object_get_members (json_node_get_object (node)) : NULL;

  for (GList *l = keys; l; l = l->next) {
    const char *text = text_of (json_object_get_member (json_node_get_object (node), l->data));
    if (text && text[0])
      g_hash_table_insert (table, g_strdup (l->data), g_strdup (text));
  }
  return table;
}

static void
read_plan (JsonObject *object, NnSplitPlan *plan)
{
  JsonNode *node = member (object, "plan", JSON_NODE_OBJECT);
  JsonObject *it = node ? json_node_get_object (node) : NULL;
  JsonNode *own = member (it, "own", JSON_NODE_VALUE), *seed = member (it, "seed", JSON_NODE_VALUE);
  JsonNode *val = member (it, "validation", JSON_NODE_VALUE), *test = member (it, "test", JSON_NODE_VALUE);

  plan->own = !own || json_node_get_boolean (own);
  plan->val_fraction = val ? CLAMP (json_node_get_double (val), 0, 0.9) : 0.2;
  plan->test_fraction = test ? CLAMP (json_node_get_double (test), 0, 0.95 - plan->val_fraction) : 0;
  plan->seed = seed ? (guint64) json_node_get_int (seed) : 1;
}

PcnLastData *
pcn_last_data_parse (const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  g_return_val_if_fail (text, NULL);
  if (!json_parser_load_from_data (parser, text, -1, error))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  JsonObject *object
      = root && json_node_get_node_type (root) == JSON_NODE_OBJECT ? json_node_get_object (root) : NULL;
  JsonNode *version = member (object, "version", JSON_NODE_VALUE);
  g_auto (GStrv) paths = read_strings (object, "paths", TRUE);
  if (!version || json_node_get_int (version) != VERSION || !paths[0]) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "The file isn’t of version %d, or names no data.", VERSION);
    return NULL;
  }
  PcnLastData *self = g_new0 (PcnLastData, 1);
  self->paths = g_steal_pointer (&paths);
  self->classes = read_strings (object, "classes", FALSE);
  read_plan (object, &self->plan);
  self->sources = read_table (object, "sources");
  self->moved = read_table (object, "moved");
  self->excluded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **excluded = read_strings (object, "excluded", FALSE);
  for (char **key = excluded; *key; key++)
    g_hash_table_add (self->excluded, *key);
  self->split = g_strdup (text_of (member (object, "split", JSON_NODE_VALUE)));
  self->order = g_strdup (text_of (member (object, "order", JSON_NODE_VALUE)));
  return self;
}

void
pcn_last_data_free (PcnLastData *self)
{
  g_strfreev (self->paths);
  g_strfreev (self->classes);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->moved);
  g_hash_table_unref (self->excluded);
  g_free (self->split);
  g_free (self->order);
  g_free (self);
}

const char *const *
pcn_last_data_get_paths (PcnLastData *self)
{
  return (const char *const *) self->paths;
}

const NnSplitPlan *
pcn_last_data_get_plan (PcnLastData *self)
{
  return &self->plan;
}

static gboolean
is_split (const char *digits, guint n)
{
  return digits && strlen (digits) == n && strspn (digits, "012") == n;
}

static guint
class_index (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (strcmp (g_ptr_array_index (names, i), name) == 0)
      return i;
  g_ptr_array_add (names, g_strdup (name));
  return names->len - 1;
}

NnDataset *
pcn_last_data_apply (PcnLastData *self, NnDataset *imported)
{
  g_return_val_if_fail (self && imported, NULL);

  guint n = nn_dataset_get_n_samples (imported);
  g_autoptr (NnDataset) split = nn_dataset_with_split (imported, &self->plan);
  g_autofree char *order = digest_order (imported, n);
  gboolean same = is_split (self->split, n) && g_strcmp0 (self->order, order) == 0;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree NnSampleEdit *edits = g_new (NnSampleEdit, MAX (n, 1));
  g_autofree guint *map = g_new (guint, nn_dataset_get_n_classes (imported));

  for (char **name = self->classes; *name; name++)
    class_index (names, *name);
  for (guint c = 0; c < nn_dataset_get_n_classes (imported); c++) {
    const char *name = nn_dataset_get_class_name (imported, c),
               *now = g_hash_table_lookup (self->sources, name);
    map[c] = class_index (names, now ? now : name);
  }
  for (guint i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (split, i, &sample);
    g_autofree char *key = sample_key (&sample);
    const char *moved = g_hash_table_lookup (self->moved, key);
    edits[i] = (NnSampleEdit){
      .sample = i,
      .class_index = moved ? class_index (names, moved) : map[sample.class_index],
      .split = same ? (NnSplit) (self->split[i] - '0') : sample.split,
      .excluded = g_hash_table_contains (self->excluded, key),
    };
  }
  g_ptr_array_add (names, NULL);
  return nn_dataset_edit (split, (const char *const *) names->pdata, edits, n);
}
