/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NnError:
 * @NN_ERROR_FAILED: something went wrong that none of the others names
 * @NN_ERROR_BAD_INPUT: the user's data, file, setting or option is unusable (CLI exit code 2)
 * @NN_ERROR_NO_DEVICE: no OpenCL device, or not the one asked for (CLI exit code 3)
 * @NN_ERROR_DEVICE: an OpenCL call failed; the context may be lost
 * @NN_ERROR_OUT_OF_MEMORY: an allocation on the device or the host was refused
 * @NN_ERROR_UNSUPPORTED: well-formed, but beyond what this program can do
 * @NN_ERROR_CANCELLED: stopped by the user
 * @NN_ERROR_DIVERGED: training ran away: the loss or weights are no longer numbers
 *
 * Every message is a whole sentence for the user: what happened, to which file or device, and what to do.
 */
typedef enum {
  NN_ERROR_FAILED,
  NN_ERROR_BAD_INPUT,
  NN_ERROR_NO_DEVICE,
  NN_ERROR_DEVICE,
  NN_ERROR_OUT_OF_MEMORY,
  NN_ERROR_UNSUPPORTED,
  NN_ERROR_CANCELLED,
  NN_ERROR_DIVERGED,
} NnError;

#define NN_ERROR (nn_error_quark ())
GQuark nn_error_quark (void);

/**
 * nn_error_cl_name:
 * @code: an OpenCL status, for example -5
 *
 * Returns: (transfer none): its name in the specification, for example "CL_OUT_OF_RESOURCES"
 */
const char *nn_error_cl_name (int code);

/**
 * nn_error_set_cl:
 * @error: (out) (optional): where the error goes
 * @code: an OpenCL status other than CL_SUCCESS
 * @format: what was being done, for example "Could not start the kernel “%s”"
 *
 * Sets NN_ERROR_OUT_OF_MEMORY or NN_ERROR_DEVICE with the message "<format>: <CL name> (<advice>)".
 *
 * Returns: FALSE, so that a caller can return it
 */
gboolean nn_error_set_cl (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
