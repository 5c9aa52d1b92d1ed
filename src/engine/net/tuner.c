/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/tuner.h"

#include "net/plan.h"
#include "net/tuner-layer.h"
#include "ops/tuning.h"

#include <math.h>
#include <string.h>

/* Two ways are timed in turns: so many times each, but no longer than so many milliseconds once there are enough to tell. */
#define MAX_TURNS 9
#define MIN_TURNS 4
#define TURNS_MS 300.0
/* A way that takes so many times as long at first isn't looked at any further. */
#define HOPELESS 1.3
/* Taken is what is faster in all turns but one, and by so much at the median. */
#define MIN_GAIN 0.03
/* Differences of results, as a part of the largest number, beyond which a way is wrong. */
#define TOLERANCE 1e-4
/* Layers that take less of a step than this aren't worth the time. */
#define MIN_SHARE 0.02
/* Of the time for trying: how long the layers may take to run for the first time, on devices that are very slow. */
#define LISTING_FACTOR 4

#define BOTH (NN_TUNER_FORWARD | NN_TUNER_BACKWARD)

/* Decision: a piece of work, and the ways to do it that are left to try; @passes: that it is a part of */
typedef struct {
  char *key;
  char names[NN_MAX_WAYS][NN_CHOICE_NAME];
  guint n;
  NnTunerPass passes;
} Decision;

/* Layer: a node that has something to decide; @ms: of its passes by the rules */
typedef struct {
  guint node;
  double ms;
  GArray *decisions;
} Layer;

struct _NnTuner {
  NnContext *caller, *context;
  NnGraph *graph;
  NnPlan *plan;
  guint batch;
  double seconds;
  char *network; /* the key that tells that all of it was tuned */
  GHashTable *seen; /* keys */
  GPtrArray *layers;
  guint n_nodes_seen;
  gboolean is_listing, is_over;
  gint64 listing_end, end;
  guint done, total;
  double gain;
  /* Where it is. */
  guint layer, decision, way;
  NnTunerLayer *work;
  NnTunerLaunches *best; /* of the layer, as chosen so far */
  guint best_way;
  float *wanted;
  /* While a layer is listed. */
  Layer *listed;
  NnTunerPass pass;
};

static void
decision_clear (gpointer data)
{
  g_free (((Decision *) data)->key);
}

static Layer *
layer_new (guint node)
{
  Layer *layer = g_new0 (Layer, 1);
  layer->node = node;
  layer->decisions = g_array_new (FALSE, TRUE, sizeof (Decision));
  g_array_set_clear_func (layer->decisions, decision_clear);
  return layer;
}

static void
layer_free (gpointer data)
{
  Layer *layer = data;
  g_array_unref (layer->decisions);
  g_free (layer);
}

/* What names the network in the choices: what is tuned for depends on nothing else. */
static char *
network_key (NnGraph *graph, guint first, guint batch)
{
  g_autofree char *json = nn_graph_to_json (graph);
  g_autofree char *shape = nn_shape_to_string (nn_graph_get_input_shape (graph));
  g_autofree char *all = g_strdup_printf ("%s %s %u %u %u", json, shape, nn_graph_get_n_classes (graph), first, batch);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
  return g_strdup_printf ("network %s", digest);
}

NnTuner *
nn_tuner_new (NnContext *context, NnGraph *graph, guint first, guint batch, double seconds)
{
  NnChoices *choices = nn_context_get_choices (context);
  if (nn_choices_get_rules_only (choices) || nn_graph_get_trainer (graph) == NN_TRAINER_PERCEPTRON)
    return NULL;
  g_autofree char *network = network_key (graph, first, batch);
  if (nn_choices_get (choices, network) != NULL)
    return NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) own = nn_context_new (nn_context_get_device (context), &error);
  if (own == NULL) {
    g_debug ("Nothing is tuned: %s", error->message);
    return NULL;
  }
  nn_context_set_keeps_kernels (own, FALSE);
  nn_choices_take_over (nn_context_get_choices (own), choices);
  NnTuner *self = g_new0 (NnTuner, 1);
  self->caller = nn_context_ref (context);
  self->context = g_steal_pointer (&own);
  self->graph = nn_graph_ref (graph);
  self->plan = nn_plan_new_part (graph, batch, TRUE, first, nn_graph_get_n_nodes (graph) - 1);
  self->batch = batch;
  self->seconds = seconds;
  self->network = g_steal_pointer (&network);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->layers = g_ptr_array_new_with_free_func (layer_free);
  self->n_nodes_seen = first + 1;
  self->is_listing = TRUE;
  self->listing_end = g_get_monotonic_time () + (gint64) (LISTING_FACTOR * seconds * G_USEC_PER_SEC);
  return self;
}

static void
leave_layer (NnTuner *self)
{
  g_clear_pointer (&self->best, nn_tuner_launches_free);
  g_clear_pointer (&self->work, nn_tuner_layer_free);
  g_clear_pointer (&self->wanted, g_free);
}

void
nn_tuner_free (NnTuner *self)
{
  leave_layer (self);
  if (!self->is_over && self->done > 0)
    nn_choices_save (nn_context_get_choices (self->caller));
  g_ptr_array_unref (self->layers);
  g_hash_table_unref (self->seen);
  nn_plan_free (self->plan);
  nn_graph_unref (self->graph);
  nn_context_unref (self->context);
  nn_context_unref (self->caller);
  g_free (self->network);
  g_free (self);
}

void
nn_tuner_get_progress (NnTuner *self, guint *done, guint *total)
{
  *done = MIN (self->done, self->total);
  *total = self->total;
}

double
nn_tuner_get_gain (NnTuner *self)
{
  return self->gain;
}

/* An operator has asked. */
static void
on_asked (const char *key, const char (*names)[NN_CHOICE_NAME], guint n, guint chosen, gpointer data)
{
  NnTuner *self = data;
  for (guint i = 0; i < self->listed->decisions->len; i++) {
    Decision *known = &g_array_index (self->listed->decisions, Decision, i);
    if (strcmp (known->key, key) == 0)
      known->passes |= self->pass;
  }
  if (g_hash_table_contains (self->seen, key) || nn_choices_get (nn_context_get_choices (self->caller), key) != NULL)
    return;
  g_hash_table_add (self->seen, g_strdup (key));
  Decision decision = { .key = g_strdup (key), .n = MIN (n, G_N_ELEMENTS (decision.names)), .passes = self->pass };
  memcpy (decision.names, names, decision.n * sizeof decision.names[0]);
  g_array_append_val (self->listed->decisions, decision);
}

static gboolean
wants_dx (NnTuner *self, const NnNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (self->plan->nodes[node->inputs[i]->index].needs_gradient)
      return TRUE;
  return FALSE;
}

static NnTunerLayer *
make_work (NnTuner *self, guint index, GError **error)
{
  const NnNode *node = nn_graph_get_node (self->graph, index);
  return nn_tuner_layer_new (self->context, node, self->batch, wants_dx (self, node), error);
}

/* What a layer has to decide, and what it takes by the rules: the first run compiles, the second is timed. */
static gboolean
list_layer (NnTuner *self, Layer *layer, GError **error)
{
  g_autoptr (NnTunerLayer) work = make_work (self, layer->node, error);
  if (work == NULL)
    return FALSE;
  NnChoices *choices = nn_context_get_choices (self->context);
  self->listed = layer;
  nn_choices_listen (choices, on_asked, self);
  g_autoptr (NnTunerLaunches) launches = nn_tuner_layer_record (work, &self->pass, error);
  nn_choices_listen (choices, NULL, NULL);
  self->listed = NULL;
  if (launches == NULL)
    return FALSE;
  if (layer->decisions->len == 0)
    return TRUE;
  return nn_tuner_layer_time (work, launches, BOTH, &layer->ms, error) &&
         nn_tuner_layer_time (work, launches, BOTH, &layer->ms, error);
}

static int
compare_layers (gconstpointer a, gconstpointer b)
{
  const Layer *x = *(Layer *const *) a, *y = *(Layer *const *) b;
  return (x->ms < y->ms) - (x->ms > y->ms);
}

/* The rule stays for what is left of a layer; the next run needn't look again. */
static void
keep_rules (NnTuner *self, const Layer *layer, guint first)
{
  for (guint i = first; i < layer->decisions->len; i++) {
    const Decision *decision = &g_array_index (layer->decisions, Decision, i);
    nn_choices_set (nn_context_get_choices (self->caller), decision->key, decision->names[0]);
  }
}

static void
end_listing (NnTuner *self)
{
  double sum = 0;
  self->is_listing = FALSE;
  g_ptr_array_sort (self->layers, compare_layers);
  for (guint i = 0; i < self->layers->len; i++)
    sum += ((Layer *) self->layers->pdata[i])->ms;
  while (self->layers->len > 0 && ((Layer *) self->layers->pdata[self->layers->len - 1])->ms < MIN_SHARE * sum) {
    keep_rules (self, self->layers->pdata[self->layers->len - 1], 0);
    g_ptr_array_remove_index (self->layers, self->layers->len - 1);
  }
  for (guint i = 0; i < self->layers->len; i++) {
    const Layer *layer = self->layers->pdata[i];
    for (guint d = 0; d < layer->decisions->len; d++)
      self->total += g_array_index (layer->decisions, Decision, d).n - 1;
  }
  self->end = g_get_monotonic_time () + (gint64) (self->seconds * G_USEC_PER_SEC);
}

/* One layer at a time; those without many products have nothing to decide. */
static void
list_next (NnTuner *self)
{
  guint n = nn_graph_get_n_nodes (self->graph);
  for (; self->n_nodes_seen < n && g_get_monotonic_time () < self->listing_end; self->n_nodes_seen++) {
    guint index = self->n_nodes_seen;
    const NnNode *node = nn_graph_get_node (self->graph, index);
    if (node->flops == 0 || node->frozen || !self->plan->nodes[index].needs_gradient)
      continue;
    Layer *layer = layer_new (index);
    g_autoptr (GError) error = NULL;
    if (!list_layer (self, layer, &error)) {
      g_debug ("“%s” isn't tuned: %s", node->name, error->message);
      keep_rules (self, layer, 0);
      g_array_set_size (layer->decisions, 0);
    }
    if (layer->decisions->len > 0)
      g_ptr_array_add (self->layers, layer);
    else
      layer_free (layer);
    self->n_nodes_seen++;
    return;
  }
  end_listing (self);
}

static void
end (NnTuner *self)
{
  NnChoices *choices = nn_context_get_choices (self->caller);
  for (guint i = self->layer; i < self->layers->len; i++)
    keep_rules (self, self->layers->pdata[i], i == self->layer ? self->decision : 0);
  if (self->work != NULL) {
    const Layer *layer = self->layers->pdata[self->layer];
    const Decision *decision = &g_array_index (layer->decisions, Decision, self->decision);
    nn_choices_set (choices, decision->key, decision->names[self->best_way]);
  }
  leave_layer (self);
  nn_choices_set (choices, self->network, "tuned");
  nn_choices_save (choices);
  self->is_over = TRUE;
}

static gboolean
enter_layer (NnTuner *self, guint node, GError **error)
{
  if (self->work != NULL)
    return TRUE;
  self->work = make_work (self, node, error);
  self->best = self->work ? nn_tuner_layer_record (self->work, &self->pass, error) : NULL;
  self->wanted = self->best ? nn_tuner_layer_get_results (self->work, self->best, self->best, BOTH, error) : NULL;
  self->best_way = 0;
  self->way = 1;
  return self->wanted != NULL;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return values[n / 2];
}

/* In turns. @better: (out): whether the way is faster than the best so far */
static gboolean
compete (NnTuner *self, NnTunerLaunches *launches, NnTunerPass passes, gboolean *better, GError **error)
{
  double old[MAX_TURNS], new[MAX_TURNS], spent = 0;
  guint n = 0, wins = 0;
  *better = FALSE;
  for (; n < MAX_TURNS && (n < MIN_TURNS || spent < TURNS_MS); n++) {
    if (!nn_tuner_layer_time (self->work, self->best, passes, &old[n], error) ||
        !nn_tuner_layer_time (self->work, launches, passes, &new[n], error))
      return FALSE;
    wins += new[n] < old[n];
    spent += old[n] + new[n];
    if (n == 1 && new[0] > HOPELESS * old[0] && new[1] > HOPELESS * old[1])
      return TRUE;
  }
  double before = median (old, n), after = median (new, n);
  *better = wins + (n > MIN_TURNS) >= n && after < (1 - MIN_GAIN) * before;
  if (*better)
    self->gain += before - after;
  return TRUE;
}

/* Takes the way for the best if it is. */
static gboolean
try_way (NnTuner *self, const Decision *decision, GError **error)
{
  NnChoices *choices = nn_context_get_choices (self->context);
  gboolean better = FALSE;
  nn_choices_set (choices, decision->key, decision->names[self->way]);
  g_autoptr (NnTunerLaunches) launches = nn_tuner_layer_record (self->work, &self->pass, error);
  g_autofree float *results = launches ? nn_tuner_layer_get_results (self->work, self->best, launches, decision->passes, error)
                                        : NULL;
  gboolean ok = results != NULL;
  double difference = ok ? nn_tuner_layer_compare (self->work, decision->passes, results, self->wanted) : 0;
  if (difference > TOLERANCE)
    g_message ("%s gives other results for %s than %s does (by %.2g); it isn't used.", decision->names[self->way],
               decision->key, decision->names[0], difference);
  else if (ok)
    ok = compete (self, launches, decision->passes, &better, error);
  g_debug ("%s by %s: %s", decision->key, decision->names[self->way], better ? "better" : "no better");
  if (better) {
    nn_tuner_launches_free (self->best);
    self->best = g_steal_pointer (&launches);
    self->best_way = self->way;
  }
  nn_choices_set (choices, decision->key, decision->names[self->best_way]);
  return ok;
}

static void
next_decision (NnTuner *self, const Layer *layer, const Decision *decision)
{
  nn_choices_set (nn_context_get_choices (self->caller), decision->key, decision->names[self->best_way]);
  self->best_way = 0;
  self->way = 1;
  if (++self->decision < layer->decisions->len)
    return;
  leave_layer (self);
  self->decision = 0;
  self->layer++;
}

/* What failed may have taken the device with it: then its decision is made, and nothing else is tried. */
static gboolean
recover (NnTuner *self, const Decision *decision)
{
  double ms;
  return nn_tuner_layer_time (self->work, self->best, decision->passes, &ms, NULL);
}

gboolean
nn_tuner_advance (NnTuner *self)
{
  if (self->is_over)
    return FALSE;
  if (self->is_listing) {
    list_next (self);
    return TRUE;
  }
  if (self->layer == self->layers->len || g_get_monotonic_time () >= self->end) {
    end (self);
    return FALSE;
  }
  const Layer *layer = self->layers->pdata[self->layer];
  const Decision *decision = &g_array_index (layer->decisions, Decision, self->decision);
  g_autoptr (GError) error = NULL;
  if (!enter_layer (self, layer->node, &error)) {
    g_debug ("Tuning ends: %s", error->message);
    end (self);
    return FALSE;
  }
  if (!try_way (self, decision, &error)) {
    g_debug ("%s can't be used for %s: %s", decision->names[self->way], decision->key, error->message);
    if (!recover (self, decision)) {
      end (self);
      return FALSE;
    }
  }
  self->done++;
  if (++self->way == decision->n)
    next_decision (self, layer, decision);
  return TRUE;
}
