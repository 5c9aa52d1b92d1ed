/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <glib/gi18n.h>

G_DEFINE_QUARK (nn-error-quark, nn_error)

/* Names as the OpenCL 1.2 specification and the ICD extension give them; numbers, so that base/ needs no CL header. */
static const struct {
  int code;
  const char *name;
  const char *advice;
} cl_codes[] = {
  { -1, "CL_DEVICE_NOT_FOUND", N_ ("the driver offers no device") },
  { -2, "CL_DEVICE_NOT_AVAILABLE", N_ ("the device is in use or was unplugged") },
  { -3, "CL_COMPILER_NOT_AVAILABLE", N_ ("the driver has no compiler") },
  { -4, "CL_MEM_OBJECT_ALLOCATION_FAILURE", N_ ("the device is out of memory; try a smaller batch") },
  { -5, "CL_OUT_OF_RESOURCES", N_ ("the device ran out of resources or was reset; try a smaller batch") },
  { -6, "CL_OUT_OF_HOST_MEMORY", N_ ("the computer is out of memory") },
  { -7, "CL_PROFILING_INFO_NOT_AVAILABLE", N_ ("the driver does not measure times") },
  { -11, "CL_BUILD_PROGRAM_FAILURE", N_ ("the driver's compiler refused the kernel") },
  { -12, "CL_MAP_FAILURE", N_ ("device memory could not be mapped") },
  { -14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST", N_ ("an earlier command on the device failed") },
  { -30, "CL_INVALID_VALUE", N_ ("a fault in this program or the driver") },
  { -33, "CL_INVALID_DEVICE", N_ ("the device was removed") },
  { -34, "CL_INVALID_CONTEXT", N_ ("the device was reset") },
  { -36, "CL_INVALID_COMMAND_QUEUE", N_ ("the device was reset") },
  { -38, "CL_INVALID_MEM_OBJECT", N_ ("a fault in this program or the driver") },
  { -45, "CL_INVALID_PROGRAM_EXECUTABLE", N_ ("a fault in this program or the driver") },
  { -46, "CL_INVALID_KERNEL_NAME", N_ ("a fault in this program or the driver") },
  { -48, "CL_INVALID_KERNEL", N_ ("a fault in this program or the driver") },
  { -49, "CL_INVALID_ARG_INDEX", N_ ("a fault in this program or the driver") },
  { -50, "CL_INVALID_ARG_VALUE", N_ ("a fault in this program or the driver") },
  { -51, "CL_INVALID_ARG_SIZE", N_ ("a fault in this program or the driver") },
  { -52, "CL_INVALID_KERNEL_ARGS", N_ ("a fault in this program or the driver") },
  { -54, "CL_INVALID_WORK_GROUP_SIZE", N_ ("the device allows no work-group of this size") },
  { -55, "CL_INVALID_WORK_ITEM_SIZE", N_ ("the device allows no work-group of this size") },
  { -58, "CL_INVALID_EVENT", N_ ("a fault in this program or the driver") },
  { -59, "CL_INVALID_OPERATION", N_ ("the driver does not support this") },
  { -61, "CL_INVALID_BUFFER_SIZE",
    N_ ("more memory was asked for than the device allows in one piece; try a smaller batch") },
  { -13, "CL_MISALIGNED_SUB_BUFFER_OFFSET", N_ ("a fault in this program or the driver") },
  { -1001, "CL_PLATFORM_NOT_FOUND_KHR", N_ ("no OpenCL driver is installed") },
};

const char *
nn_error_cl_name (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cl_codes); i++)
    if (cl_codes[i].code == code)
      return cl_codes[i].name;
  return _ ("an unknown OpenCL error");
}

static const char *
cl_advice (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cl_codes); i++)
    if (cl_codes[i].code == code)
      return _ (cl_codes[i].advice);
  return _ ("see the driver's documentation");
}

gboolean
nn_error_set_cl (GError **error, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  gboolean memory = code == -4 || code == -6 || code == -61;
  g_set_error (error, NN_ERROR, memory ? NN_ERROR_OUT_OF_MEMORY : NN_ERROR_DEVICE, "%s: %s (%s, %d)", what,
               cl_advice (code), nn_error_cl_name (code), code);
  return FALSE;
}
