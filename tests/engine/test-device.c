/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devices, contexts, the cache of programs, recorded commands and buffers. The caches lie in a folder of the test's own. */
#include "cl/commands.h"
#include "cl/device-list.h"
#include "data/importer.h"
#include "tensor/tensor.h"

#include <glib/gstdio.h>
#include <string.h>

#define N 1000

static char *cache; /* stands for the user's cache folder */

static NnContext *
open_context (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  g_autoptr (NnDevice) device = nn_device_list_find (list, g_getenv ("PERCEPTRON_TEST_DEVICE"), &error);
  g_assert_no_error (error);
  NnContext *context = nn_context_new (device, &error);
  g_assert_no_error (error);
  return context;
}

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDeviceList) list = nn_device_list_new (), again = nn_device_list_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_assert_cmpuint (n, >=, 1);
  g_assert_null (nn_device_list_get_advice (list));
  for (guint i = 0; i < n; i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (G_LIST_MODEL (list), i);
    g_autoptr (NnDevice) same = nn_device_list_find (again, nn_device_get_id (device), &error);
    g_assert_no_error (error);
    g_assert_cmpstr (nn_device_get_id (device), ==, nn_device_get_id (same));
    g_assert_cmpuint (nn_device_get_limits (device)->max_work_group, >=, 1);
    g_assert_cmpuint (nn_device_get_limits (device)->max_alloc, >, 0);
    g_assert_nonnull (nn_device_get_version (device));
  }
  g_autoptr (NnDevice) first = nn_device_list_find (list, NULL, &error), zero = nn_device_list_find (list, "0", &error);
  g_assert_true (first == zero);
  g_assert_null (nn_device_list_find (list, "abacus", &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_NO_DEVICE);
  g_assert_nonnull (strstr (error->message, "abacus"));
  g_assert_nonnull (strstr (error->message, nn_device_get_id (first)));
}

static void
no_device (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_nonnull (strstr (nn_device_list_get_advice (list), "pocl-opencl-icd"));
  g_assert_null (nn_device_list_find (list, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_NO_DEVICE);
  g_assert_cmpstr (error->message, ==, nn_device_list_get_advice (list));
}

/* The loader reads its environment once, hence the process of its own. */
static void
test_no_driver (void)
{
  if (g_test_subprocess ()) {
    no_device ();
    return;
  }
  g_autofree char *empty = g_build_filename (cache, "no-drivers", NULL);
  g_autofree char *vendors = g_strdup (g_getenv ("OCL_ICD_VENDORS"));
  g_assert_cmpint (g_mkdir_with_parents (empty, 0700), ==, 0);
  g_setenv ("OCL_ICD_VENDORS", empty, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  if (vendors)
    g_setenv ("OCL_ICD_VENDORS", vendors, TRUE);
  else
    g_unsetenv ("OCL_ICD_VENDORS");
}

/* y = max (x, 0) on the device, right or the test ends. */
static void
run_relu (NnContext *context)
{
  g_autoptr (GError) error = NULL;
  float values[N];
  for (int i = 0; i < N; i++)
    values[i] = (float) (i % 7 - 3);
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, N, &error);
  g_autoptr (NnTensor) y = nn_tensor_new (context, NN_DTYPE_FLOAT32, N, &error);
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_forward",
                      .options = "-D ACTIVATION_FORWARD -D ACT_RELU", .dims = 1 };
  nn_commands_linear (context, N, &launch.global[0], &launch.local[0]);
  g_assert_cmpuint (launch.global[0] % launch.local[0], ==, 0);
  g_assert_cmpuint (launch.global[0], >=, N);
  g_assert_true (nn_tensor_upload (x, values, &error));
  g_assert_true (nn_commands_launch (commands, &launch, NN_ARGS (NN_UINT (N), NN_TENSOR (x), NN_TENSOR (y)), &error));
  g_assert_no_error (error);
  g_assert_true (nn_commands_run (commands, NULL, &error));
  g_assert_true (nn_tensor_download (y, values, &error));
  g_assert_no_error (error);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat (values[i], ==, (float) MAX (i % 7 - 3, 0));
}

static void
run_once (void)
{
  g_autoptr (NnContext) context = open_context ();
  run_relu (context);
}

/* Returns: the path of the only binary in the cache */
static char *
only_binary (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  const char *name = g_dir_read_name (dir);
  g_assert_nonnull (name);
  char *path = g_build_filename (folder, name, NULL);
  g_assert_null (g_dir_read_name (dir));
  return path;
}

static void
write_file (const char *path, const char *contents, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, contents, (gssize) length, &error);
  g_assert_no_error (error);
}

static gsize
read_file (const char *path, char **contents)
{
  gsize length;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, contents, &length, &error);
  g_assert_no_error (error);
  return length;
}

static void
test_program_cache (void)
{
  g_autofree char *folder = g_build_filename (cache, "perceptron", "kernels", NULL);
  run_once ();
  g_autofree char *path = only_binary (folder);
  g_autofree char *good = NULL;
  gsize length = read_file (path, &good);
  g_assert_cmpuint (length, >, 64);
  GStatBuf before, after;
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  run_once ();
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino); /* loaded, so not written again */

  /* A bit that fell over, a file cut short, an empty one and one of nonsense are noticed and replaced. */
  const gsize lengths[] = { length, length / 2, 0, 100 };
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autofree char *bad = g_memdup2 (good, length), *repaired = NULL;
    bad[MIN (length - 1, 200)] ^= 4;
    write_file (path, bad, lengths[i]);
    run_once ();
    g_assert_cmpuint (read_file (path, &repaired), >, 100);
    g_autofree char *digest =
        g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) repaired + 64, read_file (path, &bad) - 64);
    g_assert_cmpmem (digest, 64, repaired, 64);
  }
}

/* A file where the folder should be: works also where the tests run as root, whom no permission stops. */
static void
test_no_cache (void)
{
  g_autofree char *folder = g_build_filename (cache, "perceptron", "kernels", NULL);
  g_autofree char *aside = g_strconcat (folder, ".aside", NULL), *parent = g_path_get_dirname (folder);
  g_mkdir_with_parents (folder, 0700);
  g_assert_cmpint (g_rename (folder, aside), ==, 0);
  write_file (folder, "", 0);
  run_once ();
  g_assert_cmpint (g_unlink (folder), ==, 0);
  g_assert_cmpint (g_rename (aside, folder), ==, 0);
}

static void
test_commands (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = open_context ();
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  const guint32 words[4] = { 1, 2, 3, 4 };
  guint32 got[4] = { 9, 9, 9, 9 };
  g_autoptr (NnBuffer) a = nn_buffer_new (context, sizeof words, &error), b = nn_buffer_new (context, sizeof words, &error);
  g_assert_true (nn_buffer_write (a, 0, words, sizeof words, &error));
  g_assert_true (nn_commands_zero (commands, b, &error));
  g_assert_true (nn_commands_copy (commands, a, b, 8, &error));
  g_assert_cmpuint (nn_commands_get_length (commands), ==, 2);
  cl_event event = NULL;
  g_assert_true (nn_commands_run (commands, &event, &error));
  g_assert_nonnull (event);
  g_assert_cmpint (clWaitForEvents (1, &event), ==, CL_SUCCESS);
  clReleaseEvent (event);
  g_assert_true (nn_buffer_read (b, 0, got, sizeof got, &error));
  g_assert_cmpuint (got[0], ==, 1);
  g_assert_cmpuint (got[1], ==, 2);
  g_assert_cmpuint (got[2], ==, 0);
  g_assert_cmpuint (got[3], ==, 0);
  g_assert_true (nn_context_finish (context, &error));
  g_assert_no_error (error);
}

static void
assert_launch_fails (NnContext *context, NnLaunch launch, int code, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_assert_false (nn_commands_launch (commands, &launch, NN_ARGS (NN_UINT (1)), &error) &&
                  nn_commands_prepare (commands, &error));
  if (code >= 0)
    g_assert_error (error, NN_ERROR, code);
  g_assert_nonnull (strstr (error->message, word));
  g_clear_error (&error);
  g_assert_true (nn_commands_get_length (commands) == 0 || !nn_commands_run (commands, NULL, &error));
}

static void
test_bad_launches (void)
{
  g_autoptr (NnContext) context = open_context ();
  gsize huge = 2 * nn_context_get_limits (context)->max_work_group;
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "add",
                      .options = "-D ADD", .dims = 2, .global = { huge, 1 }, .local = { huge, 1 } };
  assert_launch_fails (context, launch, NN_ERROR_UNSUPPORTED, "work-group");
  launch.dims = 1;
  launch.global[0] = launch.local[0] = 1;
  launch.kernel = "subtract";
  assert_launch_fails (context, launch, NN_ERROR_DEVICE, "subtract");
  launch.options = "-D ACTIVATION_FORWARD -D ACT_LEAKY_RELU -D LEAKY_SLOPE=)";
  assert_launch_fails (context, launch, NN_ERROR_DEVICE, "elementwise.cl");
  launch.file = "nothing.cl";
  assert_launch_fails (context, launch, -1, "nothing.cl");
}

/* In one dimension a kernel that asks for no size of its own gets the largest work-group that there is. */
static void
test_fitted_launch (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = open_context ();
  gsize huge = 6 * nn_context_get_limits (context)->max_work_group;
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, huge, &error);
  g_autofree float *values = g_new (float, huge);
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "add",
                      .options = "-D ADD", .dims = 1, .global = { huge }, .local = { huge } };
  for (gsize i = 0; i < huge; i++)
    values[i] = (float) i;
  g_assert_true (nn_tensor_upload (x, values, &error));
  g_assert_true (nn_commands_launch (commands, &launch,
                                     NN_ARGS (NN_UINT (huge), NN_TENSOR (x), NN_TENSOR (x), NN_TENSOR (x)), &error));
  g_assert_true (nn_commands_run (commands, NULL, &error));
  g_assert_true (nn_tensor_download (x, values, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < huge; i++)
    g_assert_cmpfloat (values[i], ==, 2 * (float) i);
}

static void
test_profile (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = open_context ();
  g_assert_true (nn_context_set_profiling (context, TRUE, &error));
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, 1 << 16, &error);
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "add", .options = "-D ADD", .dims = 1, .label = "sum" };
  nn_commands_linear (context, x->size, &launch.global[0], &launch.local[0]);
  NnArg args[] = { NN_UINT (x->size), NN_TENSOR (x), NN_TENSOR (x), NN_TENSOR (x) };
  g_assert_true (nn_buffer_zero (x->buffer, &error));
  g_assert_true (nn_commands_launch (commands, &launch, args, G_N_ELEMENTS (args), &error));
  nn_commands_set_section (commands, "layer", "forward");
  g_assert_true (nn_commands_launch (commands, &launch, args, G_N_ELEMENTS (args), &error));
  g_assert_cmpfloat (nn_commands_get_profile (commands, 0).ms, ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_true (nn_commands_run (commands, NULL, &error));
  NnCommandProfile profile = nn_commands_get_profile (commands, 0), second = nn_commands_get_profile (commands, 1);
  g_assert_cmpstr (profile.kernel, ==, "add");
  g_assert_cmpstr (profile.owner, ==, "sum");
  g_assert_cmpstr (profile.pass, ==, "");
  g_assert_cmpfloat (profile.ms, >, 0);
  g_assert_cmpstr (second.owner, ==, "layer");
  g_assert_cmpstr (second.pass, ==, "forward");
  g_assert_no_error (error);
}

static void
test_buffers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = open_context ();
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  gsize align = MAX (limits->base_align, 64);
  guint64 used = nn_context_get_memory_used (context);
  NnBuffer *parent = nn_buffer_new (context, 2 * align, &error);
  g_assert_cmpuint (nn_context_get_memory_used (context), ==, used + 2 * align);
  NnBuffer *part = nn_buffer_new_sub (parent, align, 8, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_buffer_get_size (part), ==, 8);
  guint32 words[2] = { 5, 6 }, got[2] = { 0, 0 };
  g_assert_true (nn_buffer_write (part, 0, words, sizeof words, &error));
  g_assert_true (nn_buffer_read (parent, align, got, sizeof got, &error));
  g_assert_cmpmem (words, sizeof words, got, sizeof got);
  nn_buffer_unref (parent);
  g_assert_true (nn_buffer_read (part, 4, got, 4, &error)); /* the part keeps the whole alive */
  g_assert_cmpuint (got[0], ==, 6);
  nn_buffer_unref (part);
  g_assert_cmpuint (nn_context_get_memory_used (context), ==, used);

  g_assert_null (nn_buffer_new (context, limits->max_alloc + 1, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY);
  g_autofree char *largest = g_format_size_full (limits->max_alloc, G_FORMAT_SIZE_IEC_UNITS);
  g_assert_nonnull (strstr (error->message, largest));
  g_assert_nonnull (strstr (error->message, "smaller batch"));
  g_assert_cmpuint (nn_context_get_memory_used (context), ==, used);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  cache = g_dir_make_tmp ("perceptron-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_unsetenv ("PERCEPTRON_KEEP_KERNELS");
  g_test_init (&argc, &argv, NULL);
  nn_device_prepare_environment ();
  g_test_add_func ("/device/list", test_list);
  g_test_add_func ("/device/no-driver", test_no_driver);
  g_test_add_func ("/device/program-cache", test_program_cache);
  g_test_add_func ("/device/no-cache", test_no_cache);
  g_test_add_func ("/device/commands", test_commands);
  g_test_add_func ("/device/bad-launches", test_bad_launches);
  g_test_add_func ("/device/fitted-launch", test_fitted_launch);
  g_test_add_func ("/device/profile", test_profile);
  g_test_add_func ("/device/buffers", test_buffers);
  int status = g_test_run ();
  nn_remove_tree (cache);
  g_free (cache);
  return status;
}
