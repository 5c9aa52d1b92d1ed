/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are listed by view, so that a batch has one recorded list of launches; those that the cache has are taken out as
 * they are met. The batch is always of one size, whatever the number of pictures: each size would compile kernels anew. */
#include "train/features.h"

#include "net/batch.h"
#include "net/network.h"
#include "train/feature-cache.h"
#include "train/feed.h"

#include <string.h>

#define BATCH 16
#define FIRST_BATCH_MS 200 /* a guess until one was measured */
/* Raise when the same picture would give other numbers. */
#define VERSION 1
/* Rows longer than this are computed anew in each run: they'd fill the disk. */
#define MAX_CACHED_WIDTH 4096
/* Device memory that rows may take. */
#define MAX_ROW_BYTES ((guint64) 1 << 30)

/* One picture in one view. */
typedef struct {
  guint32 sample;
  guint16 view;
  guint16 set; /* 0: training, 1: validation */
} Item;

struct _NnFeatures {
  NnContext *context;
  NnWeights *weights;
  NnModel *start;
  guint cut;
  const NnAugment *views;
  NnPixels *pixels[2];
  NnFeatureSet sets[2];
  NnNetwork *network;
  NnTensor *input, *order;   /* pictures of a batch, and where they lie */
  GPtrArray *gathers;        /* NnCommands: a batch in each of the views */
  NnCommands *forward;
  NnFeatureCache *cache;
  Item *items;
  guint n_items, next;       /* the first that was not looked at */
  Item waiting[BATCH];       /* to be computed, of one view */
  guint n_waiting;
  float *block;              /* [BATCH][width] */
  NnDigest *digests;         /* of pictures: training, then validation; zero where not known yet */
  double batch_ms;
};

#define VIEW_OF(s, f) \
  { .name = "view", .border = NN_BORDER_REFLECT, .centred = TRUE, .scale = { s, s }, .stretch = { 1, 1 }, .flip = f, .gain = { 1, 1 }, \
    .contrast = { 1, 1 }, .saturation = { 1, 1 } }

/* Up to so many pictures two views are enough, and whoever has so few waits for them (measured: nothing of accuracy with 5 to
 * 25 pictures a class, 0.1 % with 100, 0.3 % with 1,600). */
#define FEW_PICTURES 60
#define FEW_VIEWS 2

/* The picture, its mirror image, a wider and a closer look. Without randomness, so that they can be kept. */
static const NnAugment photo_views[] = { VIEW_OF (1, 0), VIEW_OF (1, 1), VIEW_OF (0.875f, 0), VIEW_OF (1.2f, 1) };
/* Digits and letters have no mirror image. */
static const NnAugment digit_views[] = { VIEW_OF (1, 0), VIEW_OF (0.9f, 0), VIEW_OF (1.1f, 0) };

const NnAugment *
nn_features_get_views (const char *augment, guint *n)
{
  gboolean digits = g_str_equal (augment, "digits");
  *n = g_str_equal (augment, "none") ? 1 : digits ? G_N_ELEMENTS (digit_views) : G_N_ELEMENTS (photo_views);
  return digits ? digit_views : photo_views;
}

guint
nn_features_count_views (const char *augment, gsize n, gsize width, NnContext *context)
{
  guint n_views;
  nn_features_get_views (augment, &n_views);
  guint64 limit = MIN (MAX_ROW_BYTES, nn_context_get_limits (context)->max_alloc);
  if (n <= FEW_PICTURES)
    n_views = MIN (n_views, FEW_VIEWS);
  while (n_views > 0 && (guint64) n * n_views * width * sizeof (float) > limit)
    n_views--;
  return n_views;
}

static gboolean
same_size (const NnPixelSpec *a, const NnPixelSpec *b)
{
  return a->height == b->height && a->width == b->width && a->channels == b->channels;
}

static gboolean
make_set (NnFeatures *self, guint index, NnPixels *pixels, guint n_views, gsize width, GError **error)
{
  NnFeatureSet *set = &self->sets[index];
  gsize n = pixels->n * n_views;
  *set = (NnFeatureSet){ .n = (guint) pixels->n, .n_views = n_views, .width = width };
  self->pixels[index] = nn_pixels_ref (pixels);
  g_autofree gint32 *labels = g_new (gint32, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    labels[i] = pixels->labels[i / n_views];
  return (set->rows = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, n * width, error)) != NULL
         && (set->labels = nn_tensor_new (self->context, NN_DTYPE_INT32, n, error)) != NULL
         && nn_tensor_upload (set->labels, labels, error);
}

static void
list_items (NnFeatures *self)
{
  guint n_views = self->sets[0].n_views;
  self->items = g_new (Item, (gsize) self->sets[0].n * n_views + self->sets[1].n);
  for (guint view = 0; view < n_views; view++)
    for (guint set = 0; set < 2; set++)
      for (guint i = 0; i < self->sets[set].n && view < self->sets[set].n_views; i++)
        self->items[self->n_items++] = (Item){ .sample = i, .view = (guint16) view, .set = (guint16) set };
}

/* All that a row depends on but the picture and the view. */
static void
digest_trunk (NnFeatures *self, NnDigest *digest)
{
  NnModel *model = self->start;
  NnGraph *graph = nn_model_get_graph (model);
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  const NnPixelSpec *spec = &self->pixels[0]->spec;
  const guint sizes[] = { VERSION, self->cut, spec->height, spec->width, spec->channels };
  nn_digest_init (digest, VERSION);
  nn_digest_add (digest, sizes, sizeof sizes);
  nn_digest_add (digest, preprocess->mean, sizeof preprocess->mean);
  nn_digest_add (digest, preprocess->deviation, sizeof preprocess->deviation);
  for (guint i = 0; i <= self->cut; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    nn_digest_add (digest, node->op->id, strlen (node->op->id));
    nn_digest_add (digest, node->attrs, sizeof node->attrs);
    for (guint k = 0; k < node->n_inputs; k++)
      nn_digest_add (digest, &node->inputs[k]->index, sizeof (guint));
    for (guint p = 0; p < node->n_params; p++)
      nn_digest_add (digest, nn_model_get_param (model, i, p), nn_shape_size (&node->params[p].shape) * sizeof (float));
    for (guint s = 0; s < node->n_states; s++)
      nn_digest_add (digest, nn_model_get_state (model, i, s), nn_shape_size (&node->states[s].shape) * sizeof (float));
  }
}

static gboolean
record_view (NnFeatures *self, const NnAugment *view, GError **error)
{
  const NnPixelSpec *spec = &self->pixels[0]->spec;
  NnGather gather = {
    .pixels = self->input, .n_samples = BATCH, .stored = NN_SHAPE (spec->height, spec->width, spec->channels),
    .input = *nn_graph_get_input_shape (nn_weights_get_graph (self->weights)),
    .preprocess = nn_model_get_preprocess (self->start), .augment = nn_augment_is_identity (view) ? NULL : view,
    .order = self->order, .step = nn_network_get_step (self->network), .batch = BATCH,
    .x = nn_network_get_input (self->network),
  };
  NnCommands *commands = nn_commands_new (self->context);
  g_ptr_array_add (self->gathers, commands);
  return nn_gather_record (commands, &gather, error);
}

/* What computes; not made where the cache has all. */
static gboolean
need_network (NnFeatures *self, GError **error)
{
  const gsize picture = nn_pixel_spec_bytes (&self->pixels[0]->spec);
  gint32 order[BATCH];
  for (gint32 i = 0; i < BATCH; i++)
    order[i] = i;
  if (self->network)
    return TRUE;
  if ((self->network = nn_network_new_constant_part (self->weights, BATCH, 0, self->cut, error)) == NULL
      || (self->input = nn_tensor_new (self->context, NN_DTYPE_UINT8, BATCH * picture, error)) == NULL
      || !nn_buffer_zero (self->input->buffer, error)
      || (self->order = nn_tensor_new (self->context, NN_DTYPE_INT32, BATCH, error)) == NULL
      || !nn_tensor_upload (self->order, order, error))
    return FALSE;
  for (guint v = 0; v < self->sets[0].n_views; v++)
    if (!record_view (self, &self->views[v], error))
      return FALSE;
  self->forward = nn_commands_new (self->context);
  return nn_network_record_forward (self->network, self->forward, error);
}

NnFeatures *
nn_features_new (NnWeights *weights, NnModel *start, guint cut, NnPixels *train, NnPixels *val, const char *augment,
                 GError **error)
{
  g_autoptr (NnFeatures) self = g_new0 (NnFeatures, 1);
  guint n_views;
  gsize width = nn_shape_size (&nn_graph_get_node (nn_weights_get_graph (weights), cut)->shape);
  self->context = nn_context_ref (nn_weights_get_context (weights));
  self->weights = nn_weights_ref (weights);
  self->start = nn_model_ref (start);
  self->cut = cut;
  self->views = nn_features_get_views (augment, &n_views);
  self->gathers = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_commands_free);
  self->block = g_new (float, BATCH * width);
  self->batch_ms = FIRST_BATCH_MS;
  n_views = nn_features_count_views (augment, train->n, width, self->context);
  g_return_val_if_fail (n_views > 0 && (val == NULL || val->n == 0 || same_size (&train->spec, &val->spec)), NULL);
  if (!nn_feed_check (train, nn_graph_get_n_classes (nn_weights_get_graph (weights)), error)
      || !make_set (self, 0, train, n_views, width, error)
      || (val && val->n > 0 && !make_set (self, 1, val, 1, width, error)))
    return NULL;
  self->digests = g_new0 (NnDigest, (gsize) self->sets[0].n + self->sets[1].n);
  list_items (self);
  NnDigest trunk;
  digest_trunk (self, &trunk);
  if (width <= MAX_CACHED_WIDTH)
    self->cache = nn_feature_cache_open (&trunk, width);
  return g_steal_pointer (&self);
}

void
nn_features_free (NnFeatures *self)
{
  for (guint i = 0; i < 2; i++) {
    g_clear_pointer (&self->pixels[i], nn_pixels_unref);
    g_clear_pointer (&self->sets[i].rows, nn_tensor_unref);
    g_clear_pointer (&self->sets[i].labels, nn_tensor_unref);
  }
  g_ptr_array_unref (self->gathers);
  g_clear_pointer (&self->forward, nn_commands_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->input, nn_tensor_unref);
  g_clear_pointer (&self->order, nn_tensor_unref);
  g_clear_pointer (&self->cache, nn_feature_cache_free);
  g_free (self->items);
  g_free (self->digests);
  g_free (self->block);
  nn_model_unref (self->start);
  nn_weights_unref (self->weights);
  nn_context_unref (self->context);
  g_free (self);
}

const NnFeatureSet *
nn_features_get_train (NnFeatures *self)
{
  return &self->sets[0];
}

const NnFeatureSet *
nn_features_get_val (NnFeatures *self)
{
  return self->sets[1].rows ? &self->sets[1] : NULL;
}

static const guint8 *
picture_of (NnFeatures *self, const Item *item)
{
  const NnPixels *pixels = self->pixels[item->set];
  return pixels->data + item->sample * nn_pixel_spec_bytes (&pixels->spec);
}

/* What the cache knows a picture in a view by. */
static NnDigest
digest_of (NnFeatures *self, const Item *item)
{
  NnDigest *picture = &self->digests[item->set * self->sets[0].n + item->sample];
  if (picture->words[0] == 0 && picture->words[1] == 0) {
    nn_digest_init (picture, 0);
    nn_digest_add (picture, picture_of (self, item), nn_pixel_spec_bytes (&self->pixels[0]->spec));
  }
  NnDigest digest = *picture;
  NnRange ranges[NN_AUGMENT_RANGES];
  nn_augment_get_ranges (&self->views[item->view], nn_graph_get_input_shape (nn_model_get_graph (self->start)), ranges);
  nn_digest_add (&digest, ranges, sizeof ranges);
  return digest;
}

/* Puts a row into its place on the device. */
static gboolean
take_row (NnFeatures *self, const Item *item, const float *row, GError **error)
{
  const NnFeatureSet *set = &self->sets[item->set];
  gsize bytes = set->width * sizeof (float);
  return nn_buffer_write (set->rows->buffer, ((gsize) item->sample * set->n_views + item->view) * bytes, row, bytes, error);
}

static gboolean
compute_waiting (NnFeatures *self, NnPace *pace, GError **error)
{
  gsize picture = nn_pixel_spec_bytes (&self->pixels[0]->spec), width = self->sets[0].width;
  NnDigest digests[BATCH];
  if (!need_network (self, error))
    return FALSE;
  for (guint i = 0; i < self->n_waiting; i++)
    if (!nn_buffer_write (self->input->buffer, i * picture, picture_of (self, &self->waiting[i]), picture, error))
      return FALSE;
  gint64 begun = g_get_monotonic_time ();
  if (!nn_commands_run (self->gathers->pdata[self->waiting[0].view], NULL, error)
      || !nn_pace_run (pace, self->context, self->forward, self->batch_ms, error)
      || !nn_buffer_read (nn_network_get_logits (self->network)->buffer, 0, self->block,
                          self->n_waiting * width * sizeof (float), error))
    return FALSE;
  self->batch_ms = (double) (g_get_monotonic_time () - begun) * 1e-3;
  for (guint i = 0; i < self->n_waiting; i++) {
    if (!take_row (self, &self->waiting[i], self->block + i * width, error))
      return FALSE;
    digests[i] = digest_of (self, &self->waiting[i]);
  }
  if (self->cache)
    nn_feature_cache_add (self->cache, self->n_waiting, digests, self->block);
  self->n_waiting = 0;
  return TRUE;
}

/* Looks at one item: takes it from the cache, or lets it wait. */
static gboolean
look_at_next (NnFeatures *self, GError **error)
{
  const Item *item = &self->items[self->next++];
  if (self->cache) {
    NnDigest digest = digest_of (self, item);
    if (nn_feature_cache_find (self->cache, &digest, self->block))
      return take_row (self, item, self->block, error);
  }
  self->waiting[self->n_waiting++] = *item;
  return TRUE;
}

/* A batch is full, or what comes next doesn't belong to it. */
static gboolean
must_compute (NnFeatures *self)
{
  return self->n_waiting == BATCH
         || (self->n_waiting > 0
             && (self->next == self->n_items || self->items[self->next].view != self->waiting[0].view));
}

gboolean
nn_features_advance (NnFeatures *self, NnPace *pace, double milliseconds, gboolean *done, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  do {
    if (must_compute (self) ? !compute_waiting (self, pace, error)
                            : self->next < self->n_items && !look_at_next (self, error))
      return FALSE;
    *done = self->next == self->n_items && self->n_waiting == 0;
  } while (!*done && g_get_monotonic_time () < end);
  return TRUE;
}

double
nn_features_get_fraction (NnFeatures *self)
{
  return self->n_items ? (double) (self->next - self->n_waiting) / self->n_items : 1;
}

static gboolean
is_zero (const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (values[i] < 0 || values[i] > 0)
      return FALSE;
  return TRUE;
}

/* Of the rows of training, in their order whatever came from the cache, so that it is the same to the last bit. */
static gboolean
measure_mean (NnFeatures *self, double *mean, GError **error)
{
  const NnFeatureSet *set = &self->sets[0];
  gsize n = (gsize) set->n * set->n_views, bytes = set->width * sizeof (float);
  for (gsize first = 0; first < n; first += BATCH) {
    gsize some = MIN (BATCH, n - first);
    if (!nn_buffer_read (set->rows->buffer, first * bytes, self->block, some * bytes, error))
      return FALSE;
    for (gsize i = 0; i < some * set->width; i++)
      mean[i % set->width] += (double) self->block[i] / (double) n;
  }
  return TRUE;
}

NnModel *
nn_features_centre (NnFeatures *self, GError **error)
{
  NnGraph *graph = nn_model_get_graph (self->start);
  const NnFeatureSet *set = &self->sets[0];
  const NnNode *node = nn_graph_get_node (graph, self->cut + 1);
  if (!g_str_equal (node->op->id, "shift") || !node->frozen
      || !is_zero (nn_model_get_param (self->start, node->index, 0), set->width))
    return nn_model_ref (self->start);
  g_autoptr (NnModel) centred = nn_model_new_copy (self->start, graph);
  float *bias = nn_model_get_param (centred, node->index, 0);
  g_autofree double *mean = g_new0 (double, set->width);
  if (!measure_mean (self, mean, error))
    return NULL;
  for (gsize i = 0; i < set->width; i++)
    bias[i] = (float) -mean[i];
  if (!nn_tensor_upload (nn_weights_get_param (self->weights, node->index, 0), bias, error))
    return NULL;
  return g_steal_pointer (&centred);
}
