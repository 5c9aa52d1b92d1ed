/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/program-cache.h"

#include "base/error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define FORMAT_VERSION "1"
#define RESOURCE_PREFIX "/perceptron/kernels/"
#define COMMON_OPTIONS "-cl-mad-enable"
#define DIGEST_LENGTH 64

/* PoCL reads its declarations of all of OpenCL C for each program. kernels/pocl.clh tells more. */
#define POCL_PLATFORM "Portable Computing Language"
#define POCL_OPTIONS "-D _OPENCL_H_ "

typedef struct {
  cl_program program;
  char *path;
  gboolean built_from_source;
} Entry;

struct _NnProgramCache {
  cl_context context;
  NnDevice *device;
  GHashTable *entries; /* "file options" → Entry */
  gboolean keeps;
};

static gboolean
append_resource (GString *text, const char *file, GError **error)
{
  g_autofree char *path = g_strconcat (RESOURCE_PREFIX, file, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, error);
  if (bytes == NULL)
    return FALSE;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_string_append_len (text, data, (gssize) size);
  return TRUE;
}

/* common.clh, what the file includes (drivers have no folder to look in), and the file. */
static char *
load_source (const char *file, GError **error)
{
  g_autoptr (GString) source = g_string_new (NULL), text = g_string_new (NULL);
  static const char include[] = "\n#include \"";
  if (!append_resource (source, file, error) || !append_resource (text, "common.clh", error))
    return NULL;
  char *at;
  while ((at = strstr (source->str, include)) != NULL) {
    char *name = at + strlen (include), *end = strchr (name, '"');
    g_autofree char *included = g_strndup (name, (gsize) (end - name));
    if (!append_resource (text, included, error))
      return NULL;
    g_string_erase (source, at - source->str, end + 1 - at);
  }
  g_string_append (text, source->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
digest_path (NnProgramCache *self, const char *options, const char *source)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *facts[] = {
    FORMAT_VERSION, nn_device_get_id (self->device), nn_device_get_driver (self->device),
    nn_device_get_version (self->device), options,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    g_checksum_update (sum, (const guchar *) facts[i], (gssize) strlen (facts[i]) + 1);
  g_checksum_update (sum, (const guchar *) source, -1);
  return g_build_filename (g_get_user_cache_dir (), "perceptron", "kernels", g_checksum_get_string (sum), NULL);
}

static gboolean
build (NnProgramCache *self, cl_program program, const char *file, const char *options, GError **error)
{
  cl_device_id device = nn_device_get_cl (self->device);
  cl_int status = clBuildProgram (program, 1, &device, options, NULL, NULL);
  if (status == CL_SUCCESS)
    return TRUE;
  gsize size = 0;
  g_autofree char *log = NULL;
  if (clGetProgramBuildInfo (program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size) == CL_SUCCESS && size > 1) {
    log = g_malloc0 (size + 1);
    clGetProgramBuildInfo (program, device, CL_PROGRAM_BUILD_LOG, size, log, NULL);
  }
  return nn_error_set_cl (error, status, _ ("The driver of “%s” could not compile %s with “%s”%s%s"),
                          nn_device_get_name (self->device), file, options, log ? ":\n" : "", log ? log : "");
}

static cl_program
load_binary (NnProgramCache *self, const char *path, const char *file, const char *options)
{
  g_autofree char *contents = NULL;
  gsize length;
  if (!g_file_get_contents (path, &contents, &length, NULL) || length <= DIGEST_LENGTH)
    return NULL;
  const guchar *binary = (const guchar *) contents + DIGEST_LENGTH;
  gsize size = length - DIGEST_LENGTH;
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, binary, size);
  if (memcmp (digest, contents, DIGEST_LENGTH) != 0)
    return NULL;
  cl_device_id device = nn_device_get_cl (self->device);
  cl_int status;
  cl_program program = clCreateProgramWithBinary (self->context, 1, &device, &size, &binary, NULL, &status);
  if (program == NULL)
    return NULL;
  if (status != CL_SUCCESS || !build (self, program, file, options, NULL)) {
    clReleaseProgram (program);
    return NULL;
  }
  return program;
}

static void
save_binary (NnProgramCache *self, const Entry *entry)
{
  cl_uint n_devices = 0;
  gsize size = 0;
  if (clGetProgramInfo (entry->program, CL_PROGRAM_NUM_DEVICES, sizeof n_devices, &n_devices, NULL) != CL_SUCCESS ||
      n_devices != 1 ||
      clGetProgramInfo (entry->program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS || size == 0)
    return;
  g_autofree guchar *contents = g_try_malloc (DIGEST_LENGTH + size + 1);
  if (contents == NULL)
    return;
  guchar *binary = contents + DIGEST_LENGTH;
  if (clGetProgramInfo (entry->program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) != CL_SUCCESS)
    return;
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, binary, size);
  memcpy (contents, digest, DIGEST_LENGTH);
  g_autofree char *folder = g_path_get_dirname (entry->path);
  g_mkdir_with_parents (folder, 0700);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents (entry->path, (char *) contents, (gssize) (DIGEST_LENGTH + size), &error))
    g_debug ("A compiled kernel was not kept: %s", error->message);
}

static cl_program
compile (NnProgramCache *self, const char *file, const char *options, const char *source, GError **error)
{
  cl_int status;
  cl_program program = clCreateProgramWithSource (self->context, 1, &source, NULL, &status);
  if (program == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not load the kernels of %s"), file);
    return NULL;
  }
  if (!build (self, program, file, options, error)) {
    clReleaseProgram (program);
    return NULL;
  }
  return program;
}

static cl_program
build_from_source (NnProgramCache *self, const char *file, const char *options, const char *source, GError **error)
{
  if (strcmp (nn_device_get_platform (self->device), POCL_PLATFORM) != 0)
    return compile (self, file, options, source, error);
  g_autoptr (GError) own = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *short_options = g_strconcat (POCL_OPTIONS, options, NULL);
  if (!append_resource (text, "pocl.clh", error))
    return NULL;
  g_string_append (text, source);
  cl_program program = compile (self, file, short_options, text->str, &own);
  if (program != NULL)
    return program;
  g_debug (NN_PROGRAM_CACHE_UNDECLARED ": %s", own->message);
  return compile (self, file, options, source, error);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  clReleaseProgram (entry->program);
  g_free (entry->path);
  g_free (entry);
}

NnProgramCache *
nn_program_cache_new (cl_context context, NnDevice *device)
{
  NnProgramCache *self = g_new0 (NnProgramCache, 1);
  self->context = context;
  self->device = g_object_ref (device);
  self->keeps = g_strcmp0 (g_getenv ("PERCEPTRON_KEEP_KERNELS"), "0") != 0;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return self;
}

void
nn_program_cache_set_keeps (NnProgramCache *self, gboolean keeps)
{
  self->keeps = keeps;
}

void
nn_program_cache_free (NnProgramCache *self)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->entries);
  while (self->keeps && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Entry *) value)->built_from_source)
      save_binary (self, value);
  g_hash_table_unref (self->entries);
  g_object_unref (self->device);
  g_free (self);
}

cl_program
nn_program_cache_get (NnProgramCache *self, const char *file, const char *options, GError **error)
{
  const char *extra = g_getenv ("PERCEPTRON_KERNEL_OPTIONS");
  g_autofree char *all_options = g_strjoin (" ", COMMON_OPTIONS, options ? options : "", extra, NULL);
  g_autofree char *key = g_strdup_printf ("%s %s", file, all_options);
  Entry *entry = g_hash_table_lookup (self->entries, key);
  if (entry)
    return entry->program;

  g_autofree char *source = load_source (file, error);
  if (source == NULL)
    return NULL;
  g_autofree char *path = digest_path (self, all_options, source);
  cl_program program = load_binary (self, path, file, all_options);
  gboolean from_source = program == NULL;
  if (from_source)
    program = build_from_source (self, file, all_options, source, error);
  if (program == NULL)
    return NULL;
  entry = g_new0 (Entry, 1);
  *entry = (Entry){ .program = program, .path = g_steal_pointer (&path), .built_from_source = from_source };
  g_hash_table_insert (self->entries, g_steal_pointer (&key), entry);
  return program;
}
