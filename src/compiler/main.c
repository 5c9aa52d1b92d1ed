/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * perceptron-compiler: compiles OpenCL programs for the program that started it. Orders come on standard input, answers go to
 * standard output (cl/compiler-message.h). It ends with its input, or when there was nothing to do for some seconds. */
#include "cl/compiler-message.h"
#include "cl/device-list.h"
#include "cl/program-build.h"

#include <fcntl.h>
#include <unistd.h>

#define IDLE_SECONDS 5

/* The device of the last order stays open. */
static NnDevice *device;
static cl_context context;

static void
close_device (void)
{
  g_clear_pointer (&context, clReleaseContext);
  g_clear_object (&device);
}

static gboolean
open_device (const char *id)
{
  if (context != NULL && g_str_equal (nn_device_get_id (device), id))
    return TRUE;
  close_device ();
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  device = nn_device_list_find (list, id, NULL);
  if (device == NULL || !g_str_equal (nn_device_get_id (device), id))
    return FALSE;
  cl_int status;
  context = nn_device_create_context (device, &status);
  return context != NULL && status == CL_SUCCESS;
}

static GVariant *
make_answer (cl_int status, GBytes *binary, const char *log)
{
  g_autofree char *text = g_utf8_make_valid (log ? log : "", -1);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  return g_variant_new ("(i@ays)", status, g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), binary ? binary : none, TRUE), text);
}

static GVariant *
carry_out (GVariant *order)
{
  const char *id;
  NnProgramSource source = { .file = (char *) "program" };
  g_variant_get (order, "(&s&s&s&s)", &id, &source.options, &source.text, &source.declarations);
  if (source.declarations[0] == '\0')
    source.declarations = NULL;
  if (!open_device (id))
    return make_answer (NN_COMPILER_NO_DEVICE, NULL, NULL);
  cl_int status = CL_SUCCESS;
  g_autofree char *log = NULL;
  cl_program program = nn_program_build (context, nn_device_get_cl (device), &source, &status, &log);
  g_autoptr (GBytes) binary = program ? nn_program_get_binary (program) : NULL;
  if (program)
    clReleaseProgram (program);
  return make_answer (status, binary, log);
}

int
main (void)
{
  nn_device_prepare_environment ();
  /* Drivers print to standard output, and start linkers. */
  int answers = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), orders = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  int nothing = open ("/dev/null", O_RDONLY);
  if (answers < 0 || orders < 0 || dup2 (nothing, STDIN_FILENO) < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
    return 1;
  for (GVariant *order; (order = nn_compiler_message_read (orders, NN_COMPILER_ORDER, IDLE_SECONDS)) != NULL;) {
    gboolean answered = nn_compiler_message_write (answers, carry_out (order));
    g_variant_unref (order);
    if (!answered)
      break;
  }
  close_device ();
  return 0;
}
