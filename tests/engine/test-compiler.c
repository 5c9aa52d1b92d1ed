/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kernels compiled in other processes: by the real program ($PERCEPTRON_COMPILER), and by ones that misbehave. */
#include "test-context.h"

#include "cl/commands.h"
#include "cl/compiler.h"
#include "cl/program-build.h"
#include "data/importer.h"
#include "tensor/tensor.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *folder;        /* for caches and programs */
static char *real_compiler; /* the path */

/* A shell script in place of the compiler; "$REAL" in it is the real one, "$HERE" the folder. */
static void
pretend (const char *script)
{
  static guint count;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("compiler-%u", count++), *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\nREAL='%s' HERE='%s'\n%s\n", real_compiler, folder, script);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  g_setenv ("PERCEPTRON_COMPILER", path, TRUE);
}

/* Each source is another one, so that nothing is in a cache. */
static NnProgramSource
make_source (const char *statement)
{
  static guint count;
  g_autofree char *options = g_strdup_printf ("-D NUMBER=%u", count++);
  g_autofree char *text = g_strdup_printf ("__kernel void set (__global int *x) { %s }\n", statement);
  return (NnProgramSource){ .file = g_strdup ("set.cl"), .options = g_steal_pointer (&options), .text = g_steal_pointer (&text) };
}

static NnCompilation
compile (NnContext *context, const char *statement)
{
  NnProgramSource source = make_source (statement);
  NnCompilation job = { .source = &source };
  nn_compiler_run (nn_context_get_device (context), &job, 1, NULL, NULL);
  nn_program_source_clear (&source);
  job.source = NULL;
  return job;
}

static void
clear (NnCompilation *job)
{
  g_clear_pointer (&job->binary, g_bytes_unref);
  g_clear_error (&job->error);
}

static void
assert_binary_works (NnContext *context, GBytes *binary, int wanted)
{
  g_autoptr (GError) error = NULL;
  cl_int status, got = 0;
  cl_program program = nn_program_load (nn_context_get_cl (context), nn_device_get_cl (nn_context_get_device (context)), "", binary);
  g_assert_nonnull (program);
  cl_kernel kernel = clCreateKernel (program, "set", &status);
  g_assert_cmpint (status, ==, CL_SUCCESS);
  g_autoptr (NnBuffer) buffer = nn_buffer_new (context, sizeof got, &error);
  cl_mem mem = nn_buffer_get_cl (buffer);
  gsize one = 1;
  g_assert_cmpint (clSetKernelArg (kernel, 0, sizeof mem, &mem), ==, CL_SUCCESS);
  g_assert_cmpint (clEnqueueNDRangeKernel (nn_context_get_queue (context), kernel, 1, NULL, &one, &one, 0, NULL, NULL), ==, CL_SUCCESS);
  g_assert_true (nn_buffer_read (buffer, 0, &got, sizeof got, &error));
  g_assert_no_error (error);
  g_assert_cmpint (got, ==, wanted);
  clReleaseKernel (kernel);
  clReleaseProgram (program);
}

static void
test_compiles (void)
{
  g_autoptr (NnContext) context = test_context_new ();
  NnCompilation good = compile (context, "x[0] = 42;"), bad = compile (context, "x[0] = nothing_declared;");
  g_assert_no_error (good.error);
  g_assert_nonnull (good.binary);
  assert_binary_works (context, good.binary, 42);
  g_assert_null (bad.binary);
  g_assert_error (bad.error, NN_ERROR, NN_ERROR_DEVICE);
  g_assert_nonnull (strstr (bad.error->message, "set.cl"));
  g_assert_nonnull (strstr (bad.error->message, "nothing_declared")); /* the log */
  clear (&good);
  clear (&bad);
}

/* In order: 0, 1, 2 … of all. */
static gboolean
on_progress (guint done, guint total, gpointer data)
{
  guint *told = data;
  g_assert_cmpuint (done, ==, *told);
  g_assert_cmpuint (total, ==, 12);
  ++*told;
  return TRUE;
}

/* Many programs are shared out among processes, each keeps its place. */
static void
test_many (void)
{
  enum { N = 12 };
  pretend ("echo $$ >> $HERE/started; exec $REAL");
  g_autoptr (NnContext) context = test_context_new ();
  NnProgramSource sources[N];
  guint told = 0;
  NnCompilation jobs[N] = { { NULL } };
  for (int i = 0; i < N; i++) {
    g_autofree char *statement = g_strdup_printf ("x[0] = %d + NUMBER * 0;", 100 + i);
    sources[i] = make_source (statement);
    jobs[i].source = &sources[i];
  }
  nn_compiler_run (nn_context_get_device (context), jobs, N, on_progress, &told);
  g_assert_cmpuint (told, ==, N + 1);
  for (int i = 0; i < N; i++) {
    g_assert_no_error (jobs[i].error);
    g_assert_nonnull (jobs[i].binary);
    assert_binary_works (context, jobs[i].binary, 100 + i);
    clear (&jobs[i]);
    nn_program_source_clear (&sources[i]);
  }
  g_autofree char *path = g_build_filename (folder, "started", NULL), *started = NULL;
  g_assert_true (g_file_get_contents (path, &started, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (started), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, MIN (g_get_num_processors (), 4));
}

static gboolean
give_up (guint done, guint total, gpointer data)
{
  return done < 2;
}

/* What is under way is compiled, the rest is an error of its own. */
static void
test_given_up (void)
{
  enum { N = 12 };
  g_autoptr (NnContext) context = test_context_new ();
  NnProgramSource sources[N];
  NnCompilation jobs[N] = { { NULL } };
  guint compiled = 0;
  for (int i = 0; i < N; i++) {
    sources[i] = make_source ("x[0] = 6;");
    jobs[i].source = &sources[i];
  }
  nn_compiler_run (nn_context_get_device (context), jobs, N, give_up, NULL);
  for (int i = 0; i < N; i++) {
    if (jobs[i].binary)
      compiled++;
    else
      g_assert_error (jobs[i].error, NN_ERROR, NN_ERROR_CANCELLED);
    clear (&jobs[i]);
    nn_program_source_clear (&sources[i]);
  }
  g_assert_cmpuint (compiled, >=, 2);
  g_assert_cmpuint (compiled, <, N);
}

/* The one of the batch before has ended by itself: another is started. */
static void
test_tired (void)
{
  pretend ("echo $$ > $HERE/last; exec $REAL");
  g_autoptr (NnContext) context = test_context_new ();
  NnCompilation first = compile (context, "x[0] = 1;");
  g_assert_nonnull (first.binary);
  clear (&first);
  sleep (7); /* it waits for 5 s */
  NnCompilation second = compile (context, "x[0] = 2;");
  g_assert_no_error (second.error);
  assert_binary_works (context, second.binary, 2);
  clear (&second);
}

static void
test_crash (void)
{
  pretend ("kill -SEGV $$");
  g_autoptr (NnContext) context = test_context_new ();
  NnCompilation job = compile (context, "x[0] = 3;");
  g_assert_null (job.binary);
  g_assert_error (job.error, NN_ERROR, NN_ERROR_DEVICE);
  g_assert_nonnull (strstr (job.error->message, "crashed"));
  g_assert_nonnull (strstr (job.error->message, "set.cl"));
  clear (&job);

  /* Through the cache: the launch fails, the program lives on, and the next try may succeed. */
  g_autoptr (GError) error = NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, 1, &error);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_forward",
                      .options = "-D ACTIVATION_FORWARD -D ACT_RELU", .dims = 1, .global = { 1 } };
  g_assert_true (nn_buffer_zero (x->buffer, &error));
  g_assert_true (nn_commands_launch (commands, &launch, NN_ARGS (NN_UINT (1), NN_TENSOR (x), NN_TENSOR (x)), &error));
  g_assert_false (nn_commands_run (commands, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_DEVICE);
  g_clear_error (&error);
  g_setenv ("PERCEPTRON_COMPILER", real_compiler, TRUE);
  g_assert_true (nn_commands_run (commands, NULL, &error));
  g_assert_true (nn_context_finish (context, &error));
  g_assert_no_error (error);
}

/* What answers nonsense is a crash too; what can't be started, ends at once or knows no such device is done without. */
static void
test_misfits (void)
{
  static const struct {
    const char *script, *word;
  } misfits[] = {
    { "exec cat", "crashed" }, { "echo hello hello hello; exec sleep 100", "crashed" }, { "exit 3", "crashed" },
    { "exit 127", NULL },      { "exit 0", NULL },                     { "POCL_DEVICES=none exec $REAL", NULL },
  };
  g_autoptr (NnContext) context = test_context_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (misfits); i++) {
    pretend (misfits[i].script);
    NnCompilation job = compile (context, "x[0] = 4;");
    g_assert_null (job.binary);
    if (misfits[i].word) {
      g_assert_error (job.error, NN_ERROR, NN_ERROR_DEVICE);
      g_assert_nonnull (strstr (job.error->message, misfits[i].word));
    } else
      g_assert_no_error (job.error);
    clear (&job);
  }
  static const char *const paths[] = { "", "/nowhere/at/all" };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_setenv ("PERCEPTRON_COMPILER", paths[i], TRUE);
    NnCompilation job = compile (context, "x[0] = 5;");
    g_assert_null (job.binary);
    g_assert_no_error (job.error);
  }
}

static gboolean
give_up_at_once (guint done, guint total, gpointer data)
{
  return FALSE;
}

/* What was given up, or failed with others, is compiled at the next try. */
static void
test_again (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = test_context_new ();
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, 1, &error);
  g_assert_true (nn_buffer_zero (x->buffer, &error));
  for (int i = 0; i < 8; i++) {
    g_autofree char *options = g_strdup_printf ("-D ACTIVATION_FORWARD -D ACT_LEAKY_RELU -D LEAKY_SLOPE=0.%d", i + 1);
    NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_forward", .options = options, .dims = 1, .global = { 1 } };
    g_assert_true (nn_commands_launch (commands, &launch, NN_ARGS (NN_UINT (1), NN_TENSOR (x), NN_TENSOR (x)), &error));
  }
  nn_context_set_compiling_func (context, give_up_at_once, NULL);
  g_assert_false (nn_commands_run (commands, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);
  g_clear_error (&error);
  nn_context_set_compiling_func (context, NULL, NULL);
  g_assert_true (nn_commands_run (commands, NULL, &error));
  g_assert_true (nn_context_finish (context, &error));
  g_assert_no_error (error);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* All programs that were asked for are compiled at the first run, and kept on disk at once. */
static void
test_kept (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) context = test_context_new ();
  g_autofree char *kept = g_build_filename (folder, "perceptron", "kernels", NULL);
  g_autoptr (NnCommands) first = nn_commands_new (context), second = nn_commands_new (context);
  g_autoptr (NnTensor) x = nn_tensor_new (context, NN_DTYPE_FLOAT32, 1, &error);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_forward",
                      .options = "-D ACTIVATION_FORWARD -D ACT_TANH", .dims = 1, .global = { 1 } };
  guint before = count_files (kept);
  g_assert_true (nn_buffer_zero (x->buffer, &error));
  g_assert_true (nn_commands_launch (first, &launch, NN_ARGS (NN_UINT (1), NN_TENSOR (x), NN_TENSOR (x)), &error));
  launch.options = "-D ACTIVATION_FORWARD -D ACT_SIGMOID";
  g_assert_true (nn_commands_launch (second, &launch, NN_ARGS (NN_UINT (1), NN_TENSOR (x), NN_TENSOR (x)), &error));
  g_assert_cmpuint (count_files (kept), ==, before);
  g_assert_true (nn_commands_run (first, NULL, &error));
  g_assert_cmpuint (count_files (kept), ==, before + 2);
  float value = 9;
  g_assert_true (nn_commands_run (second, NULL, &error));
  g_assert_true (nn_tensor_download (x, &value, &error));
  g_assert_cmpfloat_with_epsilon (value, 0.5f, 1e-6f);
  g_assert_no_error (error);
}

/* Each test in a process of its own, with no compiler left from the one before. */
static void
run_alone (gconstpointer function)
{
  if (g_test_subprocess ()) {
    ((GTestFunc) function) ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  real_compiler = g_strdup (g_getenv ("PERCEPTRON_COMPILER"));
  g_assert_nonnull (real_compiler);
  folder = g_dir_make_tmp ("perceptron-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_unsetenv ("PERCEPTRON_KEEP_KERNELS");
  g_test_add_data_func ("/compiler/compiles", test_compiles, run_alone);
  g_test_add_data_func ("/compiler/kept", test_kept, run_alone);
  g_test_add_data_func ("/compiler/many", test_many, run_alone);
  g_test_add_data_func ("/compiler/given-up", test_given_up, run_alone);
  g_test_add_data_func ("/compiler/again", test_again, run_alone);
  g_test_add_data_func ("/compiler/tired", test_tired, run_alone);
  g_test_add_data_func ("/compiler/crash", test_crash, run_alone);
  g_test_add_data_func ("/compiler/misfits", test_misfits, run_alone);
  int status = g_test_run ();
  nn_remove_tree (folder);
  g_free (folder);
  g_free (real_compiler);
  return status;
}
