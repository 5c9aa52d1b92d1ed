/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/device.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* A device that cannot hold a small network with its data is of no use. */
#define MIN_MEMORY (64u << 20)

struct _NnDevice {
  GObject parent_instance;
  cl_platform_id platform;
  cl_device_id device;
  char *id, *name, *vendor, *driver, *version, *platform_name, *extensions;
  char *unusable_reason;
  NnDeviceKind kind;
  NnDeviceLimits limits;
};

enum {
  PROP_ID = 1,
  PROP_NAME,
  PROP_VENDOR,
  PROP_DRIVER,
  PROP_VERSION,
  PROP_PLATFORM,
  PROP_KIND,
  PROP_COMPUTE_UNITS,
  PROP_MEMORY,
  PROP_MAX_ALLOC,
  PROP_UNUSABLE_REASON,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (NnDevice, nn_device, G_TYPE_OBJECT)

static void
nn_device_finalize (GObject *object)
{
  NnDevice *self = NN_DEVICE (object);
  g_free (self->id);
  g_free (self->name);
  g_free (self->vendor);
  g_free (self->driver);
  g_free (self->version);
  g_free (self->platform_name);
  g_free (self->extensions);
  g_free (self->unusable_reason);
  G_OBJECT_CLASS (nn_device_parent_class)->finalize (object);
}

static void
nn_device_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  NnDevice *self = NN_DEVICE (object);
  switch (property) {
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_VENDOR:
    g_value_set_string (value, self->vendor);
    break;
  case PROP_DRIVER:
    g_value_set_string (value, self->driver);
    break;
  case PROP_VERSION:
    g_value_set_string (value, self->version);
    break;
  case PROP_PLATFORM:
    g_value_set_string (value, self->platform_name);
    break;
  case PROP_KIND:
    g_value_set_uint (value, self->kind);
    break;
  case PROP_COMPUTE_UNITS:
    g_value_set_uint (value, self->limits.compute_units);
    break;
  case PROP_MEMORY:
    g_value_set_uint64 (value, self->limits.memory);
    break;
  case PROP_MAX_ALLOC:
    g_value_set_uint64 (value, self->limits.max_alloc);
    break;
  case PROP_UNUSABLE_REASON:
    g_value_set_string (value, self->unusable_reason);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
nn_device_class_init (NnDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->finalize = nn_device_finalize;
  object_class->get_property = nn_device_get_property;

  static const struct {
    guint id;
    const char *name;
  } strings[] = {
    { PROP_ID, "id" },           { PROP_NAME, "name" },         { PROP_VENDOR, "vendor" },
    { PROP_DRIVER, "driver" },   { PROP_VERSION, "version" },   { PROP_PLATFORM, "platform" },
    { PROP_UNUSABLE_REASON, "unusable-reason" },
  };
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    props[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  props[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, NN_DEVICE_KIND_ACCELERATOR, 0, flags);
  props[PROP_COMPUTE_UNITS] = g_param_spec_uint ("compute-units", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_MEMORY] = g_param_spec_uint64 ("memory", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_MAX_ALLOC] = g_param_spec_uint64 ("max-alloc", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
nn_device_init (NnDevice *self)
{
}

static char *
device_string (cl_device_id device, cl_device_info what)
{
  gsize size = 0;
  if (clGetDeviceInfo (device, what, 0, NULL, &size) != CL_SUCCESS || size == 0)
    return g_strdup ("");
  g_autofree char *text = g_malloc0 (size + 1);
  if (clGetDeviceInfo (device, what, size, text, NULL) != CL_SUCCESS)
    return g_strdup ("");
  return g_strstrip (g_utf8_make_valid (text, -1));
}

static char *
platform_string (cl_platform_id platform, cl_platform_info what)
{
  char text[1024] = { 0 };
  if (clGetPlatformInfo (platform, what, sizeof text - 1, text, NULL) != CL_SUCCESS)
    return g_strdup ("");
  return g_strstrip (g_utf8_make_valid (text, -1));
}

static gboolean
get_info (cl_device_id device, cl_device_info what, gsize size, gpointer value)
{
  return clGetDeviceInfo (device, what, size, value, NULL) == CL_SUCCESS;
}

static NnDeviceKind
kind_from_type (cl_device_type type)
{
  if (type & CL_DEVICE_TYPE_GPU && !(type & CL_DEVICE_TYPE_CPU))
    return NN_DEVICE_KIND_GPU;
  if (type & CL_DEVICE_TYPE_CPU)
    return NN_DEVICE_KIND_CPU;
  return NN_DEVICE_KIND_ACCELERATOR;
}

/* Reads the limits; FALSE when the driver does not tell one that we cannot do without. */
static gboolean
read_limits (NnDevice *self)
{
  cl_device_id d = self->device;
  cl_device_type type = 0;
  cl_uint units = 0, align_bits = 0, vector = 0, clock = 0;
  cl_ulong memory = 0, max_alloc = 0, local = 0;
  gsize group = 0;
  gboolean known = get_info (d, CL_DEVICE_TYPE, sizeof type, &type) &&
                   get_info (d, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units) &&
                   get_info (d, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory) &&
                   get_info (d, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof max_alloc, &max_alloc) &&
                   get_info (d, CL_DEVICE_LOCAL_MEM_SIZE, sizeof local, &local) &&
                   get_info (d, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof group, &group) &&
                   get_info (d, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof align_bits, &align_bits);
  get_info (d, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof vector, &vector);
  get_info (d, CL_DEVICE_MAX_CLOCK_FREQUENCY, sizeof clock, &clock);
  self->kind = kind_from_type (type);
  self->limits = (NnDeviceLimits){
    .compute_units = units,
    .clock = clock,
    .max_work_group = group,
    .memory = memory,
    .max_alloc = MIN (max_alloc, memory),
    .local_memory = local,
    .base_align = MAX (align_bits / 8, 4),
    .float_vector = MAX (vector, 1),
    .loop_limit = strstr (self->name, "llvmpipe") ? 65535 : 0,
  };
  /* llvmpipe says 1024 for the device, and then allows most kernels no more than 32. */
  if (self->limits.loop_limit > 0)
    self->limits.max_work_group = MIN (group, 32);
  return known && group > 0;
}

/* Why a device can't be used, in the order in which a user would mend it. */
static char *
find_unusable_reason (NnDevice *self, gboolean known)
{
  cl_bool available = CL_FALSE, compiler = CL_FALSE, little = CL_FALSE;
  int major = 0, minor = 0;
  if (!known)
    return g_strdup (_ ("The driver does not answer questions about it; reinstall or update the driver."));
  get_info (self->device, CL_DEVICE_AVAILABLE, sizeof available, &available);
  get_info (self->device, CL_DEVICE_COMPILER_AVAILABLE, sizeof compiler, &compiler);
  get_info (self->device, CL_DEVICE_ENDIAN_LITTLE, sizeof little, &little);
  if (!available)
    return g_strdup (_ ("The driver says that it is not available at present."));
  if (!compiler)
    return g_strdup (_ ("Its driver has no OpenCL compiler; install the full driver."));
  if (!little)
    return g_strdup (_ ("It stores numbers in big-endian order, which is not supported."));
  if (sscanf (self->version, "OpenCL %d.%d", &major, &minor) != 2 || major * 10 + minor < 12)
    return g_strdup_printf (_ ("It offers “%s”; OpenCL 1.2 or newer is needed. Update the driver."),
                            self->version);
  if (self->limits.memory < MIN_MEMORY) {
    g_autofree char *size = g_format_size_full (self->limits.memory, G_FORMAT_SIZE_IEC_UNITS);
    return g_strdup_printf (_ ("It has only %s of memory."), size);
  }
  return NULL;
}

NnDevice *
nn_device_new (cl_platform_id platform, cl_device_id device, guint index_in_platform)
{
  NnDevice *self = g_object_new (NN_TYPE_DEVICE, NULL);
  self->platform = platform;
  self->device = device;
  self->name = device_string (device, CL_DEVICE_NAME);
  self->vendor = device_string (device, CL_DEVICE_VENDOR);
  self->driver = device_string (device, CL_DRIVER_VERSION);
  self->version = device_string (device, CL_DEVICE_VERSION);
  self->extensions = device_string (device, CL_DEVICE_EXTENSIONS);
  self->platform_name = platform_string (platform, CL_PLATFORM_NAME);
  if (*self->name == '\0') {
    g_free (self->name);
    self->name = g_strdup ("Unnamed device");
  }
  self->id = g_strdup_printf ("%s/%s/%u", self->platform_name, self->name, index_in_platform);
  self->unusable_reason = find_unusable_reason (self, read_limits (self));
  return self;
}

const char *
nn_device_get_id (NnDevice *self)
{
  return self->id;
}

const char *
nn_device_get_name (NnDevice *self)
{
  return self->name;
}

const char *
nn_device_get_vendor (NnDevice *self)
{
  return self->vendor;
}

const char *
nn_device_get_driver (NnDevice *self)
{
  return self->driver;
}

const char *
nn_device_get_version (NnDevice *self)
{
  return self->version;
}

const char *
nn_device_get_platform (NnDevice *self)
{
  return self->platform_name;
}

const char *
nn_device_get_extensions (NnDevice *self)
{
  return self->extensions;
}

NnDeviceKind
nn_device_get_kind (NnDevice *self)
{
  return self->kind;
}

const NnDeviceLimits *
nn_device_get_limits (NnDevice *self)
{
  return &self->limits;
}

const char *
nn_device_get_unusable_reason (NnDevice *self)
{
  return self->unusable_reason;
}

gboolean
nn_device_check_usable (NnDevice *self, GError **error)
{
  if (self->unusable_reason == NULL)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_NO_DEVICE, _ ("The device “%s” can’t be used: %s"), self->name,
               self->unusable_reason);
  return FALSE;
}

gboolean
nn_device_has_extension (NnDevice *self, const char *extension)
{
  g_auto (GStrv) words = g_strsplit (self->extensions, " ", -1);
  return g_strv_contains ((const char *const *) words, extension);
}

cl_device_id
nn_device_get_cl (NnDevice *self)
{
  return self->device;
}

cl_context
nn_device_create_context (NnDevice *self, cl_int *status)
{
  const cl_context_properties properties[] = { CL_CONTEXT_PLATFORM, (cl_context_properties) self->platform, 0 };
  return clCreateContext (properties, 1, &self->device, NULL, NULL, status);
}

const char *
nn_device_kind_name (NnDeviceKind kind)
{
  switch (kind) {
  case NN_DEVICE_KIND_CPU:
    return "CPU";
  case NN_DEVICE_KIND_GPU:
    return "GPU";
  case NN_DEVICE_KIND_ACCELERATOR:
  default:
    return "accelerator";
  }
}
