/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/program-cache.h"

#include "cl/program-build.h"

#include <gio/gio.h>
#include <string.h>

#define FORMAT_VERSION "2"
#define COMMON_OPTIONS "-cl-mad-enable"
#define DIGEST_LENGTH 64

struct _NnProgram {
  NnProgramSource source;
  char *path;          /* of the file with its binary */
  cl_program program;  /* NULL until it is built */
  gboolean built_here; /* from source, in this process */
  GError *error;       /* why other processes couldn't compile it */
};

struct _NnProgramCache {
  cl_context context;
  NnDevice *device;
  GHashTable *programs; /* "file options" → NnProgram */
  GPtrArray *requested; /* of those, not built yet */
  gboolean keeps;
  NnCompilingFunc compiling;
  gpointer compiling_data;
};

static char *
digest_path (NnDevice *device, const NnProgramSource *source)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *facts[] = {
    FORMAT_VERSION, nn_device_get_id (device), nn_device_get_driver (device), nn_device_get_version (device), source->options,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    g_checksum_update (sum, (const guchar *) facts[i], (gssize) strlen (facts[i]) + 1);
  g_checksum_update (sum, (const guchar *) source->text, -1);
  return g_build_filename (g_get_user_cache_dir (), "perceptron", "kernels", g_checksum_get_string (sum), NULL);
}

static cl_program
load (NnProgramCache *self, const NnProgram *program, GBytes *binary)
{
  return nn_program_load (self->context, nn_device_get_cl (self->device), program->source.options, binary);
}

static cl_program
load_file (NnProgramCache *self, const NnProgram *program)
{
  g_autofree char *contents = NULL;
  gsize length;
  if (!g_file_get_contents (program->path, &contents, &length, NULL) || length <= DIGEST_LENGTH)
    return NULL;
  g_autoptr (GBytes) binary = g_bytes_new (contents + DIGEST_LENGTH, length - DIGEST_LENGTH);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, binary);
  return memcmp (digest, contents, DIGEST_LENGTH) == 0 ? load (self, program, binary) : NULL;
}

static void
save (const NnProgram *program, GBytes *binary)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, binary);
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  g_byte_array_append (contents, (guint8 *) digest, DIGEST_LENGTH);
  g_byte_array_append (contents, g_bytes_get_data (binary, NULL), (guint) g_bytes_get_size (binary));
  g_autofree char *folder = g_path_get_dirname (program->path);
  g_mkdir_with_parents (folder, 0700);
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents (program->path, (char *) contents->data, contents->len, &error))
    g_debug ("A compiled kernel was not kept: %s", error->message);
}

static void
program_free (gpointer data)
{
  NnProgram *self = data;
  if (self->program)
    clReleaseProgram (self->program);
  nn_program_source_clear (&self->source);
  g_free (self->path);
  g_clear_error (&self->error);
  g_free (self);
}

NnProgramCache *
nn_program_cache_new (cl_context context, NnDevice *device)
{
  NnProgramCache *self = g_new0 (NnProgramCache, 1);
  self->context = context;
  self->device = g_object_ref (device);
  self->keeps = g_strcmp0 (g_getenv ("PERCEPTRON_KEEP_KERNELS"), "0") != 0;
  self->programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, program_free);
  self->requested = g_ptr_array_new ();
  return self;
}

void
nn_program_cache_set_keeps (NnProgramCache *self, gboolean keeps)
{
  self->keeps = keeps;
}

void
nn_program_cache_set_compiling_func (NnProgramCache *self, NnCompilingFunc func, gpointer data)
{
  self->compiling = func;
  self->compiling_data = data;
}

void
nn_program_cache_free (NnProgramCache *self)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->programs);
  while (self->keeps && g_hash_table_iter_next (&iter, NULL, &value)) {
    const NnProgram *program = value;
    g_autoptr (GBytes) binary = program->built_here ? nn_program_get_binary (program->program) : NULL;
    if (binary)
      save (program, binary);
  }
  g_ptr_array_unref (self->requested);
  g_hash_table_unref (self->programs);
  g_object_unref (self->device);
  g_free (self);
}

NnProgram *
nn_program_cache_request (NnProgramCache *self, const char *file, const char *options, GError **error)
{
  const char *extra = g_getenv ("PERCEPTRON_KERNEL_OPTIONS");
  g_autofree char *all_options = g_strjoin (" ", COMMON_OPTIONS, options ? options : "", extra, NULL);
  g_autofree char *key = g_strdup_printf ("%s %s", file, all_options);
  NnProgram *program = g_hash_table_lookup (self->programs, key);
  if (program)
    return program;
  NnProgramSource source = { NULL };
  if (!nn_program_source_load (&source, self->device, file, all_options, error))
    return NULL;
  program = g_new0 (NnProgram, 1);
  *program = (NnProgram){ .source = source, .path = digest_path (self->device, &source) };
  g_hash_table_insert (self->programs, g_steal_pointer (&key), program);
  g_ptr_array_add (self->requested, program);
  return program;
}

/* Takes what the compiler made of it. */
static void
take_compilation (NnProgramCache *self, NnProgram *program, NnCompilation *job)
{
  g_autoptr (GBytes) binary = g_steal_pointer (&job->binary);
  program->error = g_steal_pointer (&job->error);
  if (binary != NULL)
    program->program = load (self, program, binary);
  if (program->program != NULL && self->keeps)
    save (program, binary);
}

/* Everything requested is loaded from its file, or compiled in other processes; what neither could do is left. */
static void
build_requested (NnProgramCache *self)
{
  g_autofree NnCompilation *jobs = g_new0 (NnCompilation, self->requested->len);
  g_autofree NnProgram **programs = g_new0 (NnProgram *, self->requested->len);
  guint n = 0;
  for (guint i = 0; i < self->requested->len; i++) {
    NnProgram *program = self->requested->pdata[i];
    program->program = load_file (self, program);
    if (program->program != NULL)
      continue;
    jobs[n].source = &program->source;
    programs[n++] = program;
  }
  g_ptr_array_set_size (self->requested, 0);
  nn_compiler_run (self->device, jobs, n, self->compiling, self->compiling_data);
  for (guint i = 0; i < n; i++)
    take_compilation (self, programs[i], &jobs[i]);
}

static gboolean
build_here (NnProgramCache *self, NnProgram *program, GError **error)
{
  cl_int status = CL_SUCCESS;
  g_autofree char *log = NULL;
  program->program = nn_program_build (self->context, nn_device_get_cl (self->device), &program->source, &status, &log);
  program->built_here = program->program != NULL;
  return program->built_here || nn_program_source_set_error (&program->source, self->device, status, log, error);
}

/* An error is told once: what failed is tried again by the next one who asks. */
static void
request_failed (NnProgramCache *self)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->programs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NnProgram *program = value;
    if (program->error == NULL)
      continue;
    g_clear_error (&program->error);
    g_ptr_array_add (self->requested, program);
  }
}

cl_program
nn_program_cache_get (NnProgramCache *self, NnProgram *program, GError **error)
{
  if (program->program == NULL && self->requested->len > 0)
    build_requested (self);
  if (program->error != NULL) {
    g_propagate_error (error, g_error_copy (program->error));
    request_failed (self);
    return NULL;
  }
  return program->program != NULL || build_here (self, program, error) ? program->program : NULL;
}

const char *
nn_program_get_file (const NnProgram *program)
{
  return program->source.file;
}
