/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <CL/cl.h>
#include <glib-object.h>

G_BEGIN_DECLS

/**
 * NnDeviceKind:
 *
 * What a device is, for people and for the choice of kernels: a CPU runs one work-item a work-group with vector
 * types, everything else runs wide work-groups.
 */
typedef enum {
  NN_DEVICE_KIND_CPU,
  NN_DEVICE_KIND_GPU,
  NN_DEVICE_KIND_ACCELERATOR,
} NnDeviceKind;

/**
 * NnDeviceLimits:
 * @compute_units: parallel compute units
 * @clock: highest clock frequency in MHz; 0 when the driver does not tell
 * @max_work_group: largest number of work-items in a work-group
 * @memory: bytes of global memory
 * @max_alloc: bytes of the largest single buffer
 * @local_memory: bytes of local memory a work-group can have
 * @base_align: bytes that the offset of a sub-buffer must be a multiple of
 * @loop_limit: iterations in all that one work-item may run, 0 for no limit (Mesa's llvmpipe silently stops at 65,535)
 * @float_vector: preferred number of floats in a vector of the device (16 for AVX-512, 8 for AVX2, 1 on most GPUs)
 */
typedef struct {
  guint compute_units;
  guint clock;
  gsize max_work_group;
  guint64 memory;
  guint64 max_alloc;
  guint64 local_memory;
  gsize base_align;
  guint loop_limit;
  guint float_vector;
} NnDeviceLimits;

#define NN_TYPE_DEVICE (nn_device_get_type ())
G_DECLARE_FINAL_TYPE (NnDevice, nn_device, NN, DEVICE, GObject)

/**
 * nn_device_new:
 *
 * Asks the driver for the facts of a device. Immutable afterwards, so any thread may read it.
 *
 * Returns: (transfer full): a device; when a fact that we need is missing, one with an unusable reason
 */
NnDevice *nn_device_new (cl_platform_id platform, cl_device_id device, guint index_in_platform);

/* Properties, all read-only: "id", "name", "vendor", "driver", "version", "platform", "kind", "compute-units",
 * "memory", "max-alloc", "unusable-reason" (NULL when usable). Strings are owned by the device. */

/** nn_device_get_id: Returns: stable between starts, for example "pocl:cpu-AMD EPYC:0"; what --device takes */
const char *nn_device_get_id (NnDevice *self);
const char *nn_device_get_name (NnDevice *self);
const char *nn_device_get_vendor (NnDevice *self);
const char *nn_device_get_driver (NnDevice *self);
const char *nn_device_get_version (NnDevice *self);
const char *nn_device_get_platform (NnDevice *self);
const char *nn_device_get_extensions (NnDevice *self);
NnDeviceKind nn_device_get_kind (NnDevice *self);
const NnDeviceLimits *nn_device_get_limits (NnDevice *self);
/** nn_device_get_unusable_reason: Returns: (nullable): a sentence for the user, or NULL when the device can be used */
const char *nn_device_get_unusable_reason (NnDevice *self);
/** nn_device_check_usable: Returns: TRUE, or FALSE with NN_ERROR_NO_DEVICE that tells the reason */
gboolean nn_device_check_usable (NnDevice *self, GError **error);
gboolean nn_device_has_extension (NnDevice *self, const char *extension);
cl_device_id nn_device_get_cl (NnDevice *self);

/** nn_device_create_context: @status: (out): what the driver said. Returns: a context of this device alone (clReleaseContext), or NULL */
cl_context nn_device_create_context (NnDevice *self, cl_int *status);

/** nn_device_kind_name: Returns: "CPU", "GPU" or "accelerator" */
const char *nn_device_kind_name (NnDeviceKind kind);

G_END_DECLS
