/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/program-build.h"

/* Keeps PoCL's own declarations out. */
#define WITHOUT_DECLARATIONS "-D _OPENCL_H_ "

static char *
get_log (cl_program program, cl_device_id device)
{
  gsize size = 0;
  if (clGetProgramBuildInfo (program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size) != CL_SUCCESS || size <= 1)
    return NULL;
  char *log = g_malloc0 (size + 1);
  clGetProgramBuildInfo (program, device, CL_PROGRAM_BUILD_LOG, size, log, NULL);
  return log;
}

/* Text in two parts, of which the first may be NULL. */
static cl_program
compile (cl_context context, cl_device_id device, const char *options, const char *first, const char *text, cl_int *status,
         char **log)
{
  const char *parts[] = { first ? first : "", text };
  cl_program program = clCreateProgramWithSource (context, G_N_ELEMENTS (parts), parts, NULL, status);
  if (program == NULL || *status != CL_SUCCESS)
    return NULL;
  *status = clBuildProgram (program, 1, &device, options, NULL, NULL);
  if (*status == CL_SUCCESS)
    return program;
  *log = get_log (program, device);
  clReleaseProgram (program);
  return NULL;
}

cl_program
nn_program_build (cl_context context, cl_device_id device, const NnProgramSource *source, cl_int *status, char **log)
{
  *log = NULL;
  if (source->declarations) {
    g_autofree char *options = g_strconcat (WITHOUT_DECLARATIONS, source->options, NULL), *said = NULL;
    cl_program program = compile (context, device, options, source->declarations, source->text, status, &said);
    if (program != NULL)
      return program;
    g_debug (NN_PROGRAM_UNDECLARED ": %s: %s", source->file, said ? said : "");
  }
  return compile (context, device, source->options, NULL, source->text, status, log);
}

cl_program
nn_program_load (cl_context context, cl_device_id device, const char *options, GBytes *binary)
{
  gsize size;
  const guchar *data = g_bytes_get_data (binary, &size);
  cl_int status;
  cl_program program = clCreateProgramWithBinary (context, 1, &device, &size, &data, NULL, &status);
  if (program == NULL)
    return NULL;
  if (status != CL_SUCCESS || clBuildProgram (program, 1, &device, options, NULL, NULL) != CL_SUCCESS) {
    clReleaseProgram (program);
    return NULL;
  }
  return program;
}

GBytes *
nn_program_get_binary (cl_program program)
{
  cl_uint n_devices = 0;
  gsize size = 0;
  if (clGetProgramInfo (program, CL_PROGRAM_NUM_DEVICES, sizeof n_devices, &n_devices, NULL) != CL_SUCCESS ||
      n_devices != 1 ||
      clGetProgramInfo (program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, NULL) != CL_SUCCESS || size == 0)
    return NULL;
  g_autofree guchar *binary = g_try_malloc (size);
  if (binary == NULL || clGetProgramInfo (program, CL_PROGRAM_BINARIES, sizeof (guchar *), &binary, NULL) != CL_SUCCESS)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&binary), size);
}
