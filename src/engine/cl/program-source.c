/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/program-source.h"

#include "base/error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define RESOURCE_PREFIX "/perceptron/kernels/"
#define POCL_PLATFORM "Portable Computing Language"

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
load_text (const char *file, GError **error)
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

gboolean
nn_program_source_load (NnProgramSource *self, NnDevice *device, const char *file, const char *options, GError **error)
{
  g_autofree char *text = load_text (file, error);
  if (text == NULL)
    return FALSE;
  g_autoptr (GString) declarations = NULL;
  if (strcmp (nn_device_get_platform (device), POCL_PLATFORM) == 0) {
    declarations = g_string_new (NULL);
    if (!append_resource (declarations, "pocl.clh", error))
      return FALSE;
  }
  self->file = g_strdup (file);
  self->options = g_strdup (options);
  self->text = g_steal_pointer (&text);
  self->declarations = declarations ? g_strdup (declarations->str) : NULL;
  return TRUE;
}

void
nn_program_source_clear (NnProgramSource *self)
{
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->options, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->declarations, g_free);
}

gboolean
nn_program_source_set_error (const NnProgramSource *self, NnDevice *device, cl_int status, const char *log, GError **error)
{
  gboolean told = log != NULL && log[0] != '\0';
  return nn_error_set_cl (error, status, _ ("The driver of “%s” could not compile %s with “%s”%s%s"),
                          nn_device_get_name (device), self->file, self->options, told ? ":\n" : "", told ? log : "");
}
