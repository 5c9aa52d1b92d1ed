/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders: a class is a folder, and all that lies below it is of that class. Links are followed; a folder is
 * entered once a class, so loops of links end. */
#include <errno.h>
#include <glib/gi18n.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "data/importer.h"

#define MAX_DEPTH 64

typedef struct {
  char *path;
  GPtrArray *folders; /* char *: names, sorted */
  GPtrArray *files;
} Listing;

typedef struct {
  NnImport *import;
  NnDataset *set;
  const char *root; /* names shown to the user start below it */
} Scan;

static void
listing_free (Listing *self)
{
  g_free (self->path);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->files);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, listing_free)

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static const char *
below_root (const Scan *scan, const char *path)
{
  gsize n = strlen (scan->root);
  return strncmp (path, scan->root, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

/* NULL: it can't be read, which is told among the rejects, as are links that stray, unless this is but a
 * look. */
static Listing *
list (const Scan *scan, const char *path, gboolean tell)
{
  struct stat st;
  g_autoptr (GError) error = NULL;
  GDir *dir = g_dir_open (path, 0, &error);
  if (!dir) {
    gboolean locked = g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
    g_autofree char *reason = g_strdup_printf (_ ("The folder can't be read: %s."),
                                               locked ? g_strerror (EACCES) : error->message);
    if (tell)
      nn_dataset_reject (scan->set, path, below_root (scan, path), -1, reason);
    return NULL;
  }
  Listing *self = g_new (Listing, 1);
  *self = (Listing){ g_strdup (path), g_ptr_array_new_with_free_func (g_free),
                     g_ptr_array_new_with_free_func (g_free) };
  const char *name;
  while ((name = g_dir_read_name (dir))) {
    if (nn_is_litter (name))
      continue;
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (!nn_import_strays (scan->import, child))
      g_ptr_array_add (stat (child, &st) == 0 && S_ISDIR (st.st_mode) ? self->folders : self->files,
                       g_strdup (name));
    else if (tell)
      nn_dataset_reject (scan->set, child, below_root (scan, child), -1,
                         _ ("This link leads out of the archive, or nowhere; it isn't followed."));
  }
  g_dir_close (dir);
  g_ptr_array_sort (self->folders, compare_names);
  g_ptr_array_sort (self->files, compare_names);
  return self;
}

static gboolean
take_files (const Scan *scan, const Listing *listing, guint class_index, NnSplit split, GError **error)
{
  for (guint i = 0; i < listing->files->len; i++) {
    g_autofree char *path = g_build_filename (listing->path, g_ptr_array_index (listing->files, i), NULL);
    if (!nn_import_tick (scan->import, -1, error))
      return FALSE;
    nn_dataset_take_file (scan->set, path, below_root (scan, path), class_index, split);
  }
  return TRUE;
}

static char *
identity (guint64 device, guint64 inode)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, device, inode);
}

/* All below @path is of one class. @seen: the folders entered for this class, by device and inode. */
static gboolean
take_tree (const Scan *scan, const char *path, guint class_index, NnSplit split, GHashTable *seen,
           guint depth, GError **error)
{
  struct stat st;
  if (stat (path, &st) == 0 && !g_hash_table_add (seen, identity (st.st_dev, st.st_ino)))
    return TRUE;
  g_autoptr (Listing) listing = depth <= MAX_DEPTH ? list (scan, path, TRUE) : NULL;
  if (depth > MAX_DEPTH)
    nn_dataset_reject (scan->set, path, below_root (scan, path), -1,
                       _ ("This folder lies too deep; it isn't entered."));
  if (!listing)
    return TRUE;
  if (!take_files (scan, listing, class_index, split, error))
    return FALSE;
  for (guint i = 0; i < listing->folders->len; i++) {
    g_autofree char *child = g_build_filename (path, g_ptr_array_index (listing->folders, i), NULL);
    if (!take_tree (scan, child, class_index, split, seen, depth + 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_class (const Scan *scan, const char *path, const char *name, NnSplit split, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char real[PATH_MAX];
  /* A link back to a folder above would bring in the other classes. */
  for (char *slash = realpath (path, real) ? strrchr (real, '/') : NULL; slash; slash = strrchr (real, '/')) {
    struct stat st;
    *slash = 0;
    if (stat (*real ? real : "/", &st) == 0)
      g_hash_table_add (seen, identity (st.st_dev, st.st_ino));
  }
  return take_tree (scan, path, nn_dataset_add_class (scan->set, name), split, seen, 0, error);
}

static guint
count_pictures (const Listing *listing)
{
  guint n = 0;
  for (guint i = 0; i < listing->files->len; i++) {
    struct stat st;
    g_autofree char *path = g_build_filename (listing->path, g_ptr_array_index (listing->files, i), NULL);
    g_autofree char *reason = nn_probe_file (path, &st);
    n += reason == NULL;
  }
  return n;
}

/* Files where no class is: read-me's and the like, or pictures without a label. */
static void
turn_away_files (const Scan *scan, const Listing *listing)
{
  for (guint i = 0; i < listing->files->len; i++) {
    struct stat st;
    g_autofree char *path = g_build_filename (listing->path, g_ptr_array_index (listing->files, i), NULL);
    g_autofree char *reason = nn_probe_file (path, &st);
    nn_dataset_reject (scan->set, path, below_root (scan, path), -1,
                       reason ? reason : _ ("It lies in no class's folder."));
  }
}

/* The folders of @listing are classes. Pictures that lie beside them are a class too, since they can't be
 * dropped. */
static gboolean
take_classes (const Scan *scan, const Listing *listing, NnSplit split, gboolean loose, GError **error)
{
  guint n_pictures = count_pictures (listing);
  g_autofree char *base = g_path_get_basename (listing->path);
  g_autofree char *shown = nn_display_name (base);
  if (n_pictures > 0 && loose) {
    if (listing->folders->len > 0)
      nn_dataset_warn (
          scan->set,
          _ ("%u pictures lie in “%s” beside the folders of the classes. They make a class of their own, "
             "“%s”; move them into a class's folder, or away, if that is wrong."),
          n_pictures, shown, shown);
    if (!take_files (scan, listing, nn_dataset_add_class (scan->set, base), split, error))
      return FALSE;
  } else {
    turn_away_files (scan, listing);
    if (n_pictures > 0)
      nn_dataset_warn (scan->set, _ ("%u pictures in “%s” are left out: they lie in no class's folder."),
                       n_pictures, shown);
  }
  for (guint i = 0; i < listing->folders->len; i++) {
    const char *name = g_ptr_array_index (listing->folders, i);
    g_autofree char *path = g_build_filename (listing->path, name, NULL);
    if (!take_class (scan, path, name, split, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
has_folders (const Scan *scan, const char *path)
{
  g_autoptr (Listing) listing = list (scan, path, FALSE);
  return listing && listing->folders->len > 0;
}

/* Whether it is a data set by itself, rather than a class whose pictures lie in folders for some reason. */
static gboolean
holds_only_folders (const Scan *scan, const char *path)
{
  g_autoptr (Listing) listing = list (scan, path, FALSE);
  return listing && listing->folders->len > 0 && count_pictures (listing) == 0;
}

/* Whether the folders are train/, val/ and test/ with the classes below them. */
static gboolean
are_splits (const Scan *scan, const char *parent, GPtrArray *names)
{
  guint n_others = 0, n_with_classes = 0;
  gboolean train = FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *path = parent ? g_build_filename (parent, name, NULL) : g_strdup (name);
    g_autofree char *base = g_path_get_basename (path);
    int split = nn_split_from_name (base);
    n_others += split < 0;
    if (split >= 0 && has_folders (scan, path)) {
      n_with_classes++;
      train = train || split == NN_SPLIT_TRAIN;
    }
  }
  return n_with_classes > 0 && (train || n_others == 0);
}

/* @parent: NULL where @names are paths. */
static gboolean
take_splits (const Scan *scan, const char *parent, GPtrArray *names, GError **error)
{
  scan->set->own_split = TRUE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *path = parent ? g_build_filename (parent, name, NULL) : g_strdup (name);
    g_autofree char *base = g_path_get_basename (path);
    g_autofree char *shown = nn_display_name (base);
    int split = nn_split_from_name (base);
    if (split < 0) {
      nn_dataset_reject (scan->set, path, below_root (scan, path), -1,
                         _ ("This folder is none of train, val and test; it isn't entered."));
      nn_dataset_warn (scan->set, _ ("The folder “%s” is left out: it is none of train, val and test."),
                       shown);
      continue;
    }
    g_autoptr (Listing) listing = list (scan, path, TRUE);
    if (listing && !take_classes (scan, listing, (NnSplit) split, FALSE, error))
      return FALSE;
  }
  return TRUE;
}

/* One folder, whatever it holds. An archive often holds one folder in which everything lies: goes down to it.
 */
static gboolean
take_folder (Scan *scan, const char *path, guint depth, GError **error)
{
  g_autoptr (Listing) listing = list (scan, path, TRUE);
  if (!listing)
    return TRUE;
  if (are_splits (scan, path, listing->folders)) {
    turn_away_files (scan, listing);
    return take_splits (scan, path, listing->folders, error);
  }
  if (listing->folders->len == 1 && depth < MAX_DEPTH) {
    g_autofree char *only = g_build_filename (path, g_ptr_array_index (listing->folders, 0), NULL);
    if (count_pictures (listing) == 0 && has_folders (scan, only)) {
      turn_away_files (scan, listing);
      return take_folder (scan, only, depth + 1, error);
    }
  }
  return take_classes (scan, listing, NN_SPLIT_TRAIN, TRUE, error);
}

/* Several folders: classes, unless each is a data set of its own. */
static gboolean
take_several (Scan *scan, GPtrArray *paths, GError **error)
{
  gboolean nested = TRUE;
  if (are_splits (scan, NULL, paths))
    return take_splits (scan, NULL, paths, error);
  for (guint i = 0; i < paths->len; i++)
    nested = nested && holds_only_folders (scan, g_ptr_array_index (paths, i));
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autofree char *base = g_path_get_basename (path);
    if (!(nested ? take_folder (scan, path, 0, error) : take_class (scan, path, base, NN_SPLIT_TRAIN, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
claims (NnImport *import)
{
  return TRUE;
}

static char *
without_slashes (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  return g_file_get_path (file);
}

/* "cat, dog, horse …" */
static void
name_after_all (NnDataset *set, GPtrArray *paths)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (guint i = 0; i < MIN (paths->len, 3); i++) {
    g_autofree char *base = g_path_get_basename (g_ptr_array_index (paths, i));
    g_autofree char *shown = nn_display_name (base);
    g_string_append_printf (name, "%s%s", i ? ", " : "", shown);
  }
  if (paths->len > 3)
    g_string_append (name, " …");
  g_free (set->name);
  set->name = g_string_free (g_steal_pointer (&name), FALSE);
}

static NnDataset *
run (NnImport *import, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  for (const char *const *path = import->paths; *path; path++) {
    gboolean folder = g_file_test (*path, G_FILE_TEST_IS_DIR);
    g_ptr_array_add (folder ? folders : files, without_slashes (*path));
  }
  if (folders->len == 0) {
    g_autofree char *shown = nn_display_name (files->pdata[0]);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("“%s” holds no set of pictures. Open a folder with a subfolder for each class, an "
                    "archive (zip, tar) "
                    "of one, IDX files, or a CSV of paths and labels."),
                 shown);
    return NULL;
  }
  g_autoptr (NnDataset) set = nn_dataset_new (folders->pdata[0], "folder");
  if (folders->len > 1)
    name_after_all (set, folders);
  g_autofree char *root
      = folders->len == 1 ? g_strdup (folders->pdata[0]) : g_path_get_dirname (folders->pdata[0]);
  Scan scan = { import, set, root };
  for (guint i = 0; i < files->len; i++)
    nn_dataset_reject (set, files->pdata[i], files->pdata[i], -1,
                       _ ("It came by itself, in no class's folder."));
  if (!(folders->len == 1 ? take_folder (&scan, folders->pdata[0], 0, error)
                          : take_several (&scan, folders, error)))
    return NULL;
  return nn_dataset_finish (g_steal_pointer (&set), error);
}

const NnImporter nn_import_folder = { "folder", claims, run };
