/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/tuning.h"

#include "net/plan.h"

/* Runs that the device could do in less, at best, aren't worth it. */
#define LEAST_SECONDS 15.0
/* Where drivers don't tell: megahertz. */
#define USUAL_CLOCK 1000
/* Multiply-adds that a compute unit does at a time: of a CPU two vectors of them, of a GPU about that many. */
#define CPU_VECTORS 2
#define GPU_LANES 64

void
nn_tuning_hold (NnContext *context, NnModel *start)
{
  const char *device = start ? nn_model_get_metadata (start, "device") : NULL;
  gboolean same = g_strcmp0 (device, nn_device_get_name (nn_context_get_device (context))) == 0;
  nn_choices_hold (nn_context_get_choices (context), same ? nn_model_get_metadata (start, NN_TUNING_KEY) : NULL);
}

void
nn_tuning_copy (NnModel *start, NnModel *model)
{
  nn_model_set_metadata (start, "device", nn_model_get_metadata (model, "device"));
  nn_model_set_metadata (start, NN_TUNING_KEY, nn_model_get_metadata (model, NN_TUNING_KEY));
}

/* Seconds of a run at what the device could do if nothing ever held it up. */
static double
seconds_at_best (NnContext *context, NnGraph *graph, guint first, double samples)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  double lanes = nn_context_is_cpu (context) ? CPU_VECTORS * (double) limits->float_vector : GPU_LANES, flops = 0;
  for (guint i = first + 1; i < nn_graph_get_n_nodes (graph); i++)
    flops += 3.0 * (double) nn_graph_get_node (graph, i)->flops;
  double clock = (limits->clock > 0 ? limits->clock : USUAL_CLOCK) * 1e6;
  return flops * samples / (2 * lanes * clock * limits->compute_units);
}

NnTuner *
nn_tuning_new (NnContext *context, NnModel *start, gsize n_samples, const NnTrainConfig *config)
{
  NnGraph *graph = nn_model_get_graph (start);
  guint first = nn_plan_find_cut (graph), epochs = config->epochs + config->extra_epochs - config->first_epoch;
  if (n_samples == 0 || config->batch == 0 ||
      seconds_at_best (context, graph, first, (double) n_samples * epochs) < LEAST_SECONDS)
    return NULL;
  nn_tuning_hold (context, start);
  return nn_tuner_new (context, graph, first, (guint) MIN (n_samples, config->batch), NN_TUNER_SECONDS);
}
