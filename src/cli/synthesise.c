/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synthesise: a set of drawn digits in the styles of the world, as IDX files that train and evaluate read, alone
 * or after the samples of another set (the way to train on MNIST and on them together).
 */
#include "config.h"

#include "command.h"
#include "output.h"

#include "data/handwriting.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum {
  PIXELS = NN_DIGIT_SIZE * NN_DIGIT_SIZE,
  MAX_SAMPLES = 2000000, /* 1.5 GB */
};

typedef struct {
  int count;
  gint64 seed;
  char *out;
  char *with;
  gboolean canvas_pen;
} Options;

typedef struct {
  GByteArray *images, *labels;
} Samples;

static void
put_uint32 (GByteArray *bytes, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);
  g_byte_array_append (bytes, (const guint8 *) &big, sizeof big);
}

/* Opens prefix-images-idx3-ubyte or the like in @folder, plain or packed: zlib reads both alike. */
static gzFile
open_idx (const char *folder, const char *name, char **path, GError **error)
{
  g_autofree char *plain = g_build_filename (folder, name, NULL);
  g_autofree char *packed = g_strconcat (plain, ".gz", NULL);
  *path = g_strdup (g_file_test (plain, G_FILE_TEST_EXISTS) ? plain : packed);
  gzFile file = gzopen (*path, "rb");
  if (file == NULL)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "“%s” could not be opened: %s. Name the folder of an IDX set.", *path, g_strerror (errno));
  return file;
}

/* Appends one IDX file of bytes with the @rank numbers of its header checked. */
static gboolean
read_idx (const char *folder, const char *name, guint rank, GByteArray *bytes, guint *count, GError **error)
{
  g_autofree char *path = NULL;
  gzFile file = open_idx (folder, name, &path, error);
  if (file == NULL)
    return FALSE;
  guint32 header[4] = { 0 };
  int length = (int) (4 * (rank + 1));
  gboolean ok = gzread (file, header, (unsigned) length) == length && GUINT32_FROM_BE (header[0]) == 0x800 + rank;
  *count = GUINT32_FROM_BE (header[1]);
  ok = ok && *count <= MAX_SAMPLES;
  for (guint i = 2; i <= rank; i++)
    ok = ok && GUINT32_FROM_BE (header[i]) == NN_DIGIT_SIZE;
  if (ok) {
    guint old = bytes->len, size = *count * (rank == 1 ? 1 : PIXELS);
    g_byte_array_set_size (bytes, old + size);
    ok = gzread (file, bytes->data + old, size) == (int) size;
  }
  gzclose (file);
  if (!ok)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "“%s” is not a whole IDX file of 28×28 pictures or labels.", path);
  return ok;
}

static gboolean
read_set (Samples *samples, const char *folder, const char *prefix, GError **error)
{
  g_autofree char *images = g_strconcat (prefix, "-images-idx3-ubyte", NULL);
  g_autofree char *labels = g_strconcat (prefix, "-labels-idx1-ubyte", NULL);
  guint n_images, n_labels;
  if (!read_idx (folder, images, 3, samples->images, &n_images, error)
      || !read_idx (folder, labels, 1, samples->labels, &n_labels, error))
    return FALSE;
  if (n_images == n_labels)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” has %u pictures but %u labels.", folder, n_images,
               n_labels);
  return FALSE;
}

static gboolean
write_idx (const char *folder, const char *name, guint rank, const GByteArray *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GByteArray) file = g_byte_array_sized_new (bytes->len + 16);
  put_uint32 (file, 0x800 + rank);
  put_uint32 (file, rank == 1 ? bytes->len : bytes->len / PIXELS);
  for (guint i = 1; i < rank; i++)
    put_uint32 (file, NN_DIGIT_SIZE);
  g_byte_array_append (file, bytes->data, bytes->len);
  return g_file_set_contents_full (path, (const char *) file->data, file->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

static gboolean
write_set (const Samples *samples, const char *folder, const char *prefix, GError **error)
{
  g_autofree char *images = g_strconcat (prefix, "-images-idx3-ubyte", NULL);
  g_autofree char *labels = g_strconcat (prefix, "-labels-idx1-ubyte", NULL);
  return write_idx (folder, images, 3, samples->images, error)
         && write_idx (folder, labels, 1, samples->labels, error);
}

static gboolean
draw (Cli *cli, const Options *options, Samples *samples, GError **error)
{
  NnRandom random;
  nn_random_init (&random, (guint64) options->seed, 1);
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  for (int i = 0; i < options->count; i++) {
    if (i % 1000 == 0 && g_cancellable_set_error_if_cancelled (cli->cancellable, error))
      return FALSE;
    guint8 digit = (guint8) (i % 10), picture[PIXELS];
    nn_handwriting_draw (&random, digit, strokes);
    NnStrokePen pen = nn_handwriting_pen (&random);
    nn_strokes_render (strokes, options->canvas_pen ? NULL : &pen, picture);
    g_byte_array_append (samples->images, picture, PIXELS);
    g_byte_array_append (samples->labels, &digit, 1);
  }
  return TRUE;
}

/* The set of --with comes first; its test part, if it has one, is passed on as it is. */
static gboolean
synthesise (Cli *cli, const Options *options, Samples *samples, GError **error)
{
  if (options->with != NULL) {
    Samples test = { g_byte_array_new (), g_byte_array_new () };
    g_autoptr (GByteArray) images = test.images, labels = test.labels;
    if (!read_set (samples, options->with, "train", error) || !read_set (&test, options->with, "t10k", error)
        || !write_set (&test, options->out, "t10k", error))
      return FALSE;
  }
  return draw (cli, options, samples, error) && write_set (samples, options->out, "train", error);
}

static gboolean
check (const Options *options, GError **error)
{
  if (!cli_check_int ("--count", options->count, 1, MAX_SAMPLES, error)
      || !cli_check_int ("--seed", options->seed, 0, G_MAXINT64, error))
    return FALSE;
  if (options->out == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--out DIR is missing");
    return FALSE;
  }
  if (g_mkdir_with_parents (options->out, 0777) != 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "The folder “%s” could not be made: %s.", options->out,
                 g_strerror (errno));
    return FALSE;
  }
  GStatBuf with, out;
  if (options->with == NULL || g_stat (options->with, &with) != 0 || g_stat (options->out, &out) != 0
      || with.st_dev != out.st_dev || with.st_ino != out.st_ino)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               "--with and --out are the same folder “%s”, which would be overwritten; choose another one for --out.",
               options->out);
  return FALSE;
}

gboolean
cli_run_synthesise (Cli *cli, int argc, char **argv, GError **error)
{
  Options options = { .count = 10000, .seed = 1 };
  const GOptionEntry entries[] = {
    { "count", 0, 0, G_OPTION_ARG_INT, &options.count, "How many digits to draw (10000)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "The same seed draws the same digits (1)", "N" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "Folder that the IDX files go to", "DIR" },
    { "with", 0, 0, G_OPTION_ARG_FILENAME, &options.with, "Put them after the samples of this IDX set", "DIR" },
    { "canvas-pen", 0, 0, G_OPTION_ARG_NONE, &options.canvas_pen, "Draw all with the pen of the canvas", NULL },
    G_OPTION_ENTRY_NULL,
  };
  gboolean parsed = cli_parse (cli, entries, &argc, &argv, error);
  g_autofree char *out = options.out, *with = options.with;
  if (!parsed || !check (&options, error))
    return FALSE;
  Samples samples = { g_byte_array_new (), g_byte_array_new () };
  g_autoptr (GByteArray) images = samples.images, labels = samples.labels;
  if (!synthesise (cli, &options, &samples, error))
    return FALSE;
  if (!cli->json) {
    printf ("%u samples, %d of them drawn, are in %s\n", labels->len, options.count, out);
    return TRUE;
  }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_int (builder, "samples", labels->len);
  cli_json_int (builder, "drawn", options.count);
  cli_json_string (builder, "out", out);
  json_builder_end_object (builder);
  cli_print_json (builder);
  return TRUE;
}
