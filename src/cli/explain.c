/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perceptron-cli explain: what of a picture speaks for a class, as a heat map. */
#include "config.h"

#include "run-data.h"

#include "data/heat-map.h"
#include "train/grad-cam.h"
#include "train/occlusion.h"
#include "train/preparation.h"

#include <stdio.h>
#include <string.h>

/* Colours over the picture: both are still seen. */
#define OPACITY 0.55

typedef struct {
  char *method, *layer, *class_name, *out, *device;
  int patch, stride;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->method);
  g_free (self->layer);
  g_free (self->class_name);
  g_free (self->out);
  g_free (self->device);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What was found out about a picture. */
typedef struct {
  NnModel *model;
  const char *path;
  guint8 *pixels;
  guint layer;
  guint class_index;
  float *probabilities, *map;
  NnOcclusionSettings occlusion;
} Explanation;

static void
explanation_clear (Explanation *self)
{
  g_clear_pointer (&self->model, nn_model_unref);
  g_free (self->pixels);
  g_free (self->probabilities);
  g_free (self->map);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Explanation, explanation_clear)

static gboolean
is_occlusion (const Options *o)
{
  return g_strcmp0 (o->method, "occlusion") == 0;
}

static gboolean
parse (Cli *cli, Options *o, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "method", 0, 0, G_OPTION_ARG_STRING, &o->method, "grad-cam (default) or occlusion", "METHOD" },
    { "layer", 0, 0, G_OPTION_ARG_STRING, &o->layer, "Of grad-cam (default: the last one that has places)", "NAME" },
    { "class", 0, 0, G_OPTION_ARG_STRING, &o->class_name, "What speaks for it (default: the answer)", "NAME" },
    { "patch", 0, 0, G_OPTION_ARG_INT, &o->patch,
      "Of occlusion: side of the patch in the network's pixels (default: a seventh of the picture)", "N" },
    { "stride", 0, 0, G_OPTION_ARG_INT, &o->stride, "Of occlusion: how far it moves (default: half the patch)", "N" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "The picture under its heat map, as PNG", "FILE" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Id, number or part of the name (default: the best)", "D" },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, argc, argv, error))
    return FALSE;
  if (o->method != NULL && !is_occlusion (o) && strcmp (o->method, "grad-cam") != 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "--method is “%s”; it must be grad-cam or occlusion.", o->method);
    return FALSE;
  }
  if (is_occlusion (o) ? o->layer != NULL : o->patch != 0 || o->stride != 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, is_occlusion (o)
                                                          ? "--layer is of the method grad-cam only."
                                                          : "--patch and --stride are of the method occlusion only.");
    return FALSE;
  }
  return cli_check_int ("--patch", o->patch, 0, 4096, error) && cli_check_int ("--stride", o->stride, 0, 4096, error)
         && (o->out == NULL || cli_check_output (o->out, error));
}

static gboolean
find_class (Explanation *e, const char *name, GError **error)
{
  const char *const *classes = nn_model_get_classes (e->model);
  guint n = nn_graph_get_n_classes (nn_model_get_graph (e->model));
  for (guint c = 0; c < n; c++) {
    if (name == NULL && e->probabilities[c] > e->probabilities[e->class_index])
      e->class_index = c;
    if (name != NULL && strcmp (classes[c], name) == 0) {
      e->class_index = c;
      return TRUE;
    }
  }
  if (name == NULL)
    return TRUE;
  g_autofree char *all = g_strjoinv (", ", (char **) classes);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "The model has no class “%s”; it has: %s.", name, all);
  return FALSE;
}

static gboolean
compute (Cli *cli, const Options *o, NnContext *context, Explanation *e, GError **error)
{
  if (!is_occlusion (o)) {
    g_autoptr (NnGradCam) cam = nn_grad_cam_new (context, e->model, e->layer, error);
    return cam != NULL && nn_grad_cam_run (cam, e->pixels, e->class_index, e->map, error);
  }
  g_autoptr (NnOcclusion) occlusion = nn_occlusion_new (e->model, e->pixels, e->class_index, &e->occlusion, error);
  if (occlusion == NULL || !nn_occlude (occlusion, context, cli->cancellable, error))
    return FALSE;
  e->occlusion = *nn_occlusion_get_settings (occlusion);
  nn_occlusion_get_map (occlusion, e->map);
  return TRUE;
}

static gboolean
decode (Explanation *e, const NnPixelSpec *spec, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (nn_decode_file (e->path, spec, e->pixels, &local))
    return TRUE;
  g_autofree char *shown = g_filename_display_name (e->path);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "%s: %s", shown, local->message);
  return FALSE;
}

static gboolean
explain (Cli *cli, const Options *o, const char *model, Explanation *e, GError **error)
{
  NnPixelSpec spec;
  e->model = cli_load_model (model, error);
  if (e->model == NULL || !nn_preparation_pixel_spec (e->model, &spec, error))
    return FALSE;
  NnGraph *graph = nn_model_get_graph (e->model);
  e->pixels = g_malloc (nn_pixel_spec_bytes (&spec));
  e->map = g_new0 (float, (gsize) spec.height * spec.width);
  e->probabilities = g_new0 (float, nn_graph_get_n_classes (graph));
  e->occlusion = (NnOcclusionSettings){ (guint) o->patch, (guint) o->stride };
  if (!is_occlusion (o) && (e->layer = nn_grad_cam_find (graph, o->layer, error)) == 0)
    return FALSE;
  if (!decode (e, &spec, error))
    return FALSE;
  g_autoptr (NnContext) context = cli_open_device (o->device, error);
  g_autoptr (NnPredictor) predictor = context != NULL ? nn_predictor_new (context, e->model, 1, error) : NULL;
  return predictor != NULL && nn_predictor_run (predictor, e->pixels, 1, e->probabilities, error)
         && find_class (e, o->class_name, error) && compute (cli, o, context, e, error);
}

static void
print_json (const Options *o, const Explanation *e, guint height, guint width)
{
  gsize at;
  float peak = nn_heat_peak (e->map, (gsize) height * width, &at);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "file", e->path);
  cli_json_string (builder, "method", is_occlusion (o) ? "occlusion" : "grad-cam");
  if (is_occlusion (o)) {
    cli_json_int (builder, "patch", e->occlusion.patch);
    cli_json_int (builder, "stride", e->occlusion.stride);
  } else
    cli_json_string (builder, "layer", nn_graph_get_node (nn_model_get_graph (e->model), e->layer)->name);
  cli_json_string (builder, "class", nn_model_get_classes (e->model)[e->class_index]);
  cli_json_double (builder, "probability", e->probabilities[e->class_index]);
  cli_json_int (builder, "height", height);
  cli_json_int (builder, "width", width);
  cli_json_double (builder, "peak", peak);
  cli_json_int (builder, "peak_x", (gint64) (at % width));
  cli_json_int (builder, "peak_y", (gint64) (at / width));
  json_builder_set_member_name (builder, "map");
  json_builder_begin_array (builder);
  for (guint y = 0; y < height; y++) {
    json_builder_begin_array (builder);
    for (guint x = 0; x < width; x++)
      json_builder_add_double_value (builder, e->map[(gsize) y * width + x]);
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_text (const Options *o, const Explanation *e, guint height, guint width)
{
  gsize at;
  float peak = nn_heat_peak (e->map, (gsize) height * width, &at);
  printf ("class        %s\nprobability  %.2f %%\n", nn_model_get_classes (e->model)[e->class_index],
          e->probabilities[e->class_index] * 100);
  if (is_occlusion (o))
    printf ("method       occlusion by a patch of %u pixels every %u\n", e->occlusion.patch, e->occlusion.stride);
  else
    printf ("method       Grad-CAM of the layer %s\n",
            nn_graph_get_node (nn_model_get_graph (e->model), e->layer)->name);
  if (peak <= 0)
    printf ("Nothing in the picture speaks for this class.\n");
  else if (is_occlusion (o))
    printf ("strongest    at %u, %u of %u×%u pixels: where that is covered, the probability falls to %.2f %%\n",
            (guint) (at % width), (guint) (at / width), width, height,
            (e->probabilities[e->class_index] - peak) * 100);
  else
    printf ("strongest    at %u, %u of %u×%u pixels\n", (guint) (at % width), (guint) (at / width), width, height);
  if (o->out != NULL)
    printf ("%s is written.\n", o->out);
}

gboolean
cli_run_explain (Cli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { NULL };
  g_auto (Explanation) e = { NULL };
  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  e.path = argv[2];
  if (!explain (cli, &options, argv[1], &e, error))
    return FALSE;
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (e.model));
  if (options.out != NULL
      && !nn_heat_save_png (options.out, e.pixels, input->dims[0], input->dims[1], input->dims[2], e.map, OPACITY, error))
    return FALSE;
  if (cli->json)
    print_json (&options, &e, input->dims[0], input->dims[1]);
  else
    print_text (&options, &e, input->dims[0], input->dims[1]);
  return TRUE;
}
