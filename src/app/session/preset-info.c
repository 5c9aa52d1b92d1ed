/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/preset-info.h"

#include <glib/gi18n.h>

static const struct {
  const char *name, *title, *text;
} table[] = {
  { "perceptron", N_ ("Perceptron"), N_ ("Rosenblatt’s of 1958: one unit a class, learns from its mistakes") },
  { "mlp", N_ ("Multilayer Perceptron"), N_ ("One hidden layer; fast, and good for small pictures") },
  { "convnet", N_ ("ConvNet"), N_ ("Two convolutions; the best choice for digits") },
  { "convnet-rgb", N_ ("Deep ConvNet"), N_ ("Four blocks of convolutions with normalisation, for photos") },
  { "rnn", N_ ("Recurrent"), N_ ("Reads a picture row by row") },
  { "lstm", N_ ("Recurrent, LSTM"), N_ ("Reads row by row, with a long memory") },
  { "gru", N_ ("Recurrent, GRU"), N_ ("Reads row by row, with a leaner memory") },
  { "transfer", N_ ("Transfer"), N_ ("Has seen a million photos already; learns yours from a few dozen") },
};

const char *
pcn_preset_get_title (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (table[i].name, name) == 0)
      return _ (table[i].title);
  return name;
}

const char *
pcn_preset_get_text (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (table[i].name, name) == 0)
      return _ (table[i].text);
  return "";
}
