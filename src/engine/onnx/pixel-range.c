/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/pixel-range.h"

#include <glib/gi18n.h>

#include "base/error.h"

static const char *const names[] = { "0-1", "0-255", "-1-1", NULL };

/* In the order of the names. */
static const struct {
  const char *metadata;
  double low, high;
} ranges[] = { { "0 to 1", 0, 1 }, { "0 to 255", 0, 255 }, { "-1 to 1", -1, 1 } };

const char *const *
nn_onnx_pixel_ranges (void)
{
  return names;
}

static int
find_present (NnModel *model)
{
  const char *text = nn_model_get_metadata (model, "pixels");
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (ranges); i++)
    if (g_str_equal (text, ranges[i].metadata))
      return (int) i;
  return -1;
}

const char *
nn_onnx_get_pixel_range (NnModel *model)
{
  int present = find_present (model);
  return present >= 0 ? names[present] : NULL;
}

gboolean
nn_onnx_set_pixel_range (NnModel *model, const char *range, GError **error)
{
  int from = find_present (model), to = 0;
  while (names[to] != NULL && !g_str_equal (names[to], range))
    to++;
  if (names[to] == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” is no range of pixels; it must be 0-1, 0-255 or -1-1."), range);
    return FALSE;
  }
  if (from < 0) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                         _ ("The model was made by this program and knows its range of pixels; it can’t be given another."));
    return FALSE;
  }
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  double width = ranges[from].high - ranges[from].low, new_width = ranges[to].high - ranges[to].low;
  for (guint c = 0; c < nn_graph_get_input_shape (nn_model_get_graph (model))->dims[2]; c++) {
    /* x = scale · v + offset for v in the range: (p / 255 - mean) / deviation with v = low + p / 255 · width */
    double scale = 1 / (preprocess->deviation[c] * width);
    double offset = -preprocess->mean[c] / preprocess->deviation[c] - scale * ranges[from].low;
    preprocess->deviation[c] = (float) (1 / (scale * new_width));
    preprocess->mean[c] = (float) (-(scale * ranges[to].low + offset) / (scale * new_width));
  }
  nn_model_set_metadata (model, "pixels", ranges[to].metadata);
  return TRUE;
}
