/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/optimizer.h"

#include "cl/commands.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_SLOTS 2
#define ADAM_SLOTS 2
#define N_FACTORS 3
#define BETA1 0.9
#define BETA2 0.999
#define EPSILON 1e-8

struct _NnOptimizer {
  const NnOptimizerKind *kind;
  NnWeights *weights;
  NnTensor *slots[MAX_SLOTS];
  NnTensor *factors; /* of Adam: what a step has in common for all weights */
};

const NnOptimizerKind *
nn_optimizer_kinds (void)
{
  static const NnOptimizerKind kinds[] = {
    { "sgd", "SGD with momentum", 0.05, 1 },
    { "nesterov", "SGD with Nesterov momentum", 0.05, 1 },
    { "adam", "Adam", 0.001, ADAM_SLOTS },
    { "adamw", "AdamW", 0.001, ADAM_SLOTS },
    { NULL, NULL, 0, 0 },
  };
  return kinds;
}

const NnOptimizerKind *
nn_optimizer_find (const char *id)
{
  for (const NnOptimizerKind *kind = nn_optimizer_kinds (); kind->id; kind++)
    if (g_strcmp0 (kind->id, id) == 0)
      return kind;
  return NULL;
}

NnOptimizer *
nn_optimizer_new (const NnOptimizerKind *kind, NnWeights *weights, GError **error)
{
  g_return_val_if_fail (kind->n_slots <= MAX_SLOTS, NULL);
  g_autoptr (NnOptimizer) self = g_new0 (NnOptimizer, 1);
  self->kind = kind;
  self->weights = nn_weights_ref (weights);
  for (guint i = 0; i < kind->n_slots; i++) {
    self->slots[i] = nn_tensor_new (nn_weights_get_context (weights), NN_DTYPE_FLOAT32,
                                    nn_weights_get_grad_arena (weights)->size, error);
    if (self->slots[i] == NULL || !nn_buffer_zero (self->slots[i]->buffer, error))
      return NULL;
  }
  self->factors = nn_tensor_new (nn_weights_get_context (weights), NN_DTYPE_FLOAT32, N_FACTORS, error);
  if (self->factors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
nn_optimizer_free (NnOptimizer *self)
{
  for (guint i = 0; i < MAX_SLOTS; i++)
    g_clear_pointer (&self->slots[i], nn_tensor_unref);
  g_clear_pointer (&self->factors, nn_tensor_unref);
  nn_weights_unref (self->weights);
  g_free (self);
}

/* What the launches of one record share. */
typedef struct {
  NnCommands *commands;
  NnTensor *weight, *gradient, *rates, *step;
  gsize n_decayed;
  double momentum, weight_decay;
  NnLaunch launch; /* over the weights that learn: each work-item has a vector of them */
} Plan;

static gboolean
record_momentum (NnOptimizer *self, Plan *plan, GError **error)
{
  plan->launch.kernel = "optimizer_momentum";
  return nn_commands_launch (plan->commands, &plan->launch,
                             NN_ARGS (NN_UINT (plan->gradient->size), NN_UINT (plan->n_decayed),
                                      NN_TENSOR (plan->weight), NN_TENSOR (plan->gradient),
                                      NN_TENSOR (self->slots[0]), NN_TENSOR (plan->rates), NN_TENSOR (plan->step),
                                      NN_FLOAT (plan->momentum), NN_FLOAT (plan->weight_decay)),
                             error);
}

static gboolean
record_adam (NnOptimizer *self, Plan *plan, GError **error)
{
  NnLaunch factors = plan->launch;
  factors.kernel = "optimizer_adam_factors";
  factors.global[0] = factors.local[0] = 1;
  plan->launch.kernel = "optimizer_adam";
  return nn_commands_launch (plan->commands, &factors,
                             NN_ARGS (NN_TENSOR (plan->rates), NN_TENSOR (plan->step), NN_TENSOR (self->factors)),
                             error) &&
         nn_commands_launch (plan->commands, &plan->launch,
                             NN_ARGS (NN_UINT (plan->gradient->size), NN_UINT (plan->n_decayed),
                                      NN_TENSOR (plan->weight), NN_TENSOR (plan->gradient),
                                      NN_TENSOR (self->slots[0]), NN_TENSOR (self->slots[1]),
                                      NN_TENSOR (self->factors), NN_FLOAT (plan->weight_decay)),
                             error);
}

gboolean
nn_optimizer_record (NnOptimizer *self, NnCommands *commands, NnTensor *rates, NnTensor *step, double momentum,
                     double weight_decay, GError **error)
{
  NnContext *context = nn_weights_get_context (self->weights);
  Plan plan = { .commands = commands,
                .weight = nn_weights_get_arena (self->weights),
                .gradient = nn_weights_get_grad_arena (self->weights),
                .rates = rates,
                .step = step,
                .n_decayed = nn_weights_get_n_decayed (self->weights),
                .momentum = momentum,
                .weight_decay = weight_decay };
  g_return_val_if_fail (plan.gradient != NULL, FALSE);
  if (plan.gradient->size > G_MAXINT32) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The network has %zu weights, which is more than can be trained; make it smaller."),
                 plan.gradient->size);
    return FALSE;
  }
  guint width = nn_context_get_limits (context)->float_vector;
  guint vector = width >= 16 ? 16 : width >= 8 ? 8 : 4;
  g_autofree char *name = g_ascii_strup (self->kind->id, -1);
  g_autofree char *options = g_strdup_printf ("-D %s -D VW=%u", name, vector);
  plan.launch = (NnLaunch){ .file = "optimizer.cl", .options = options, .dims = 1, .label = "optimizer" };
  nn_commands_linear (context, (plan.gradient->size + vector - 1) / vector, &plan.launch.global[0], &plan.launch.local[0]);
  return self->kind->n_slots == ADAM_SLOTS ? record_adam (self, &plan, error) : record_momentum (self, &plan, error);
}

static void
adam_ref (const NnOptimizerKind *kind, double *weight, double gradient, double *slots, double rate,
          double weight_decay, guint step)
{
  double t = step + 1.0;
  if (g_str_equal (kind->id, "adamw"))
    *weight -= rate * weight_decay * *weight;
  else
    gradient += weight_decay * *weight;
  slots[0] = BETA1 * slots[0] + (1 - BETA1) * gradient;
  slots[1] = BETA2 * slots[1] + (1 - BETA2) * gradient * gradient;
  double mean = slots[0] / (1 - pow (BETA1, t)), square = slots[1] / (1 - pow (BETA2, t));
  *weight -= rate * mean / (sqrt (square) + EPSILON);
}

void
nn_optimizer_ref (const NnOptimizerKind *kind, double *weight, double gradient, double *slots, double rate,
                  double momentum, double weight_decay, guint step)
{
  if (kind->n_slots == ADAM_SLOTS) {
    adam_ref (kind, weight, gradient, slots, rate, weight_decay, step);
    return;
  }
  gradient += weight_decay * *weight;
  slots[0] = momentum * slots[0] + gradient;
  *weight -= rate * (g_str_equal (kind->id, "nesterov") ? gradient + momentum * slots[0] : slots[0]);
}
