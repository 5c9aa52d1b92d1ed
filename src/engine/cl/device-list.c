/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/device-list.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_PLATFORMS 32
#define MAX_DEVICES 64
#define PLATFORM_NOT_FOUND (-1001)

struct _NnDeviceList {
  GObject parent_instance;
  GPtrArray *devices;
  char *advice;
};

static GType
get_item_type (GListModel *model)
{
  return NN_TYPE_DEVICE;
}

static guint
get_n_items (GListModel *model)
{
  return NN_DEVICE_LIST (model)->devices->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  NnDeviceList *self = NN_DEVICE_LIST (model);
  return position < self->devices->len ? g_object_ref (g_ptr_array_index (self->devices, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NnDeviceList, nn_device_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
nn_device_list_finalize (GObject *object)
{
  NnDeviceList *self = NN_DEVICE_LIST (object);
  g_ptr_array_unref (self->devices);
  g_free (self->advice);
  G_OBJECT_CLASS (nn_device_list_parent_class)->finalize (object);
}

static void
nn_device_list_class_init (NnDeviceListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nn_device_list_finalize;
}

static void
nn_device_list_init (NnDeviceList *self)
{
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
}

void
nn_device_prepare_environment (void)
{
  /* PoCL compiles a kernel for any work-group, once, rather than again for each work-group that it meets: as fast in ours, and
   * what its binaries hold (docs/adr/0008). */
  g_setenv ("POCL_WORK_GROUP_SPECIALIZATION", "0", FALSE);
  /* PoCL offers no device at all when it cannot write its cache (a full or read-only home). */
  if (g_getenv ("POCL_CACHE_DIR"))
    return;
  g_autofree char *dir = g_build_filename (g_get_user_cache_dir (), "pocl", "kcache", NULL);
  g_autofree char *probe = g_build_filename (dir, ".perceptron-probe", NULL);
  if (g_mkdir_with_parents (dir, 0700) == 0 && g_file_set_contents (probe, "", 0, NULL)) {
    g_unlink (probe);
    return;
  }
  g_autofree char *other = g_dir_make_tmp ("perceptron-pocl-XXXXXX", NULL);
  if (other)
    g_setenv ("POCL_CACHE_DIR", other, TRUE);
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
  NnDevice *da = *(NnDevice **) a, *db = *(NnDevice **) b;
  gboolean unusable_a = nn_device_get_unusable_reason (da) != NULL;
  gboolean unusable_b = nn_device_get_unusable_reason (db) != NULL;
  if (unusable_a != unusable_b)
    return unusable_a - unusable_b;
  /* llvmpipe emulates a GPU in software: a real CPU driver is the better choice. */
  gboolean slow_a = nn_device_get_limits (da)->loop_limit > 0, slow_b = nn_device_get_limits (db)->loop_limit > 0;
  if (slow_a != slow_b)
    return slow_a - slow_b;
  static const int rank[] = { [NN_DEVICE_KIND_GPU] = 0, [NN_DEVICE_KIND_ACCELERATOR] = 1, [NN_DEVICE_KIND_CPU] = 2 };
  int order = rank[nn_device_get_kind (da)] - rank[nn_device_get_kind (db)];
  return order ? order : strcmp (nn_device_get_id (da), nn_device_get_id (db));
}

static void
add_platform (NnDeviceList *self, cl_platform_id platform)
{
  cl_device_id devices[MAX_DEVICES];
  cl_uint n = 0;
  if (clGetDeviceIDs (platform, CL_DEVICE_TYPE_ALL, MAX_DEVICES, devices, &n) != CL_SUCCESS)
    return;
  for (cl_uint i = 0; i < MIN (n, MAX_DEVICES); i++)
    g_ptr_array_add (self->devices, nn_device_new (platform, devices[i], i));
}

static char *
make_advice (cl_int status, cl_uint n_platforms)
{
  const char *install
      = _ ("Install the driver of your device and start again: for the processor pocl-opencl-icd (Debian, "
           "Ubuntu) or pocl "
           "(Fedora, Arch); for Intel graphics intel-opencl-icd or intel-compute-runtime; for AMD graphics "
           "mesa-opencl-icd "
           "or ROCm's OpenCL; for NVIDIA cards nvidia-opencl-icd or the OpenCL part of NVIDIA's driver.");
  if (status != CL_SUCCESS && status != PLATFORM_NOT_FOUND)
    return g_strdup_printf (_ ("The OpenCL loader failed (%s). %s"), nn_error_cl_name (status), install);
  if (n_platforms == 0)
    return g_strdup_printf (_ ("No OpenCL driver is installed. %s"), install);
  return g_strdup_printf (_ ("The installed OpenCL drivers offer no device. %s"), install);
}

NnDeviceList *
nn_device_list_new (void)
{
  NnDeviceList *self = g_object_new (NN_TYPE_DEVICE_LIST, NULL);
  cl_platform_id platforms[MAX_PLATFORMS];
  cl_uint n = 0;
  cl_int status = clGetPlatformIDs (MAX_PLATFORMS, platforms, &n);
  if (status != CL_SUCCESS)
    n = 0;
  for (cl_uint i = 0; i < MIN (n, MAX_PLATFORMS); i++)
    add_platform (self, platforms[i]);
  g_ptr_array_sort (self->devices, compare_devices);
  if (self->devices->len == 0)
    self->advice = make_advice (status, n);
  return self;
}

const char *
nn_device_list_get_advice (NnDeviceList *self)
{
  return self->advice;
}

static gboolean
device_matches (NnDevice *device, const char *wanted)
{
  g_autofree char *id = g_utf8_casefold (nn_device_get_id (device), -1);
  g_autofree char *part = g_utf8_casefold (wanted, -1);
  g_autofree char *kind = g_utf8_casefold (nn_device_kind_name (nn_device_get_kind (device)), -1);
  return strstr (id, part) != NULL || strcmp (kind, part) == 0;
}

/* An exact id first, then a number, then a part of the id or a kind. */
static NnDevice *
find_device (NnDeviceList *self, const char *wanted)
{
  for (guint i = 0; i < self->devices->len; i++)
    if (strcmp (nn_device_get_id (self->devices->pdata[i]), wanted) == 0)
      return self->devices->pdata[i];
  guint64 number;
  if (g_ascii_string_to_unsigned (wanted, 10, 0, G_MAXUINT, &number, NULL))
    return number < self->devices->len ? self->devices->pdata[number] : NULL;
  for (guint i = 0; i < self->devices->len; i++)
    if (device_matches (self->devices->pdata[i], wanted))
      return self->devices->pdata[i];
  return NULL;
}

static char *
list_ids (NnDeviceList *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < self->devices->len; i++)
    g_string_append_printf (text, "%s%u: %s", i ? "; " : "", i, nn_device_get_id (self->devices->pdata[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

NnDevice *
nn_device_list_find (NnDeviceList *self, const char *wanted, GError **error)
{
  if (self->advice) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_NO_DEVICE, self->advice);
    return NULL;
  }
  NnDevice *found = wanted ? find_device (self, wanted) : self->devices->pdata[0];
  if (found == NULL) {
    g_autofree char *ids = list_ids (self);
    g_set_error (error, NN_ERROR, NN_ERROR_NO_DEVICE, _ ("There is no device “%s”. These are there: %s."),
                 wanted, ids);
    return NULL;
  }
  return nn_device_check_usable (found, error) ? g_object_ref (found) : NULL;
}
