/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/layer-info.h"

#include "format.h"

#include <glib/gi18n.h>

typedef struct {
  const char *name, *title;
} Row;

static const Row ops[] = {
  { "flatten", N_ ("Flatten") },
  { "dense", N_ ("Dense") },
  { "conv2d", N_ ("Convolution") },
  { "max_pool", N_ ("Max Pooling") },
  { "avg_pool", N_ ("Average Pooling") },
  { "global_avg_pool", N_ ("Global Average Pooling") },
  { "relu", N_ ("ReLU") },
  { "leaky_relu", N_ ("Leaky ReLU") },
  { "sigmoid", N_ ("Sigmoid") },
  { "tanh", N_ ("Tanh") },
  { "relu6", N_ ("ReLU6") },
  { "batch_norm", N_ ("Batch Normalisation") },
  { "shift", N_ ("Shift") },
  { "dropout", N_ ("Dropout") },
  { "add", N_ ("Sum of Two Layers") },
  { "rnn", N_ ("Simple Recurrent") },
  { "lstm", N_ ("LSTM") },
  { "gru", N_ ("GRU") },
  { 0 },
};

static const Row attrs[] = {
  { "units", N_ ("Units") },
  { "filters", N_ ("Filters") },
  { "kernel", N_ ("Kernel Size") },
  { "size", N_ ("Window Size") },
  { "stride", N_ ("Stride") },
  { "padding", N_ ("Padding") },
  { "activation", N_ ("Activation") },
  { "bias", N_ ("Bias") },
  { "rate", N_ ("Dropped Share") },
  { "momentum", N_ ("Momentum") },
  { "return_sequences", N_ ("Gives Every Step") },
  { 0 },
};

static const Row choices[] = {
  /* Translators: no activation function */
  { "none", N_ ("None") },
  { "relu", N_ ("ReLU") },
  { "leaky_relu", N_ ("Leaky ReLU") },
  { "sigmoid", N_ ("Sigmoid") },
  { "tanh", N_ ("Tanh") },
  { "relu6", N_ ("ReLU6") },
  /* Translators: padding: the output is as large as the input */
  { "same", N_ ("Same Size") },
  /* Translators: padding: there is none */
  { "valid", N_ ("None") },
  { 0 },
};

static const char *
find (const Row *rows, const char *name)
{
  for (; rows->name; rows++)
    if (g_str_equal (rows->name, name))
      return _ (rows->title);
  return NULL;
}

const char *
pcn_layer_info_title (const NnOp *op)
{
  const char *title = find (ops, op->id);
  return title ? title : op->title;
}

const char *
pcn_layer_info_attr (const char *name)
{
  return find (attrs, name);
}

const char *
pcn_layer_info_choice (const char *name)
{
  return find (choices, name);
}

static void
append (GString *text, const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

/* What tells one convolution from another. */
static void
append_settings (GString *text, PcnLayer *layer)
{
  const NnOp *op = pcn_layer_get_op (layer);

  for (guint i = 0; op->attrs && op->attrs[i].name; i++) {
    const NnAttr *attr = pcn_layer_get_attr (layer, i);
    const char *name = op->attrs[i].name;
    g_autofree char *part = NULL;
    if (g_str_equal (name, "kernel") || g_str_equal (name, "size"))
      part = g_strdup_printf ("%d×%d", attr->i[0], attr->i[1]);
    else if (g_str_equal (name, "rate"))
      /* Translators: a share; the second %% stands for a percent sign */
      part = g_strdup_printf (_ ("%.0f %%"), attr->f * 100);
    else if (g_str_equal (name, "activation") && attr->i[0] != 0)
      part = g_strdup (pcn_layer_info_choice (op->attrs[i].choices[attr->i[0]]));
    if (part)
      append (text, part);
  }
}

char *
pcn_layer_info_describe (PcnLayer *layer)
{
  const PcnLayerFacts *facts = pcn_layer_get_facts (layer);
  g_autoptr (GString) text = g_string_new (NULL);

  if (facts->error)
    return g_strdup (facts->error);
  append_settings (text, layer);
  if (facts->known) {
    g_autofree char *shape = nn_shape_to_string (&facts->shape);
    /* Translators: what a layer gives: %s is a shape such as 28×28×32 */
    g_autofree char *part = g_strdup_printf (_ ("gives %s"), shape);
    append (text, part);
  }
  if (facts->n_weights > 0) {
    g_autofree char *count = pcn_format_count (facts->n_weights);
    /* Translators: numbers that a layer of the network learns */
    g_autofree char *part = g_strdup_printf (_ ("%s weights"), count);
    append (text, part);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
