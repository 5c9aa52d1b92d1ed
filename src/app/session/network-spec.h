/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/layer.h"

#include "net/graph.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** PcnSpec: a specification as its layers; @input: the picture size that it names itself */
typedef struct {
  char *name;
  char *pretrained; /* nullable: the backbone that its weights come from */
  NnTrainerKind trainer;
  NnShape input;
  GPtrArray *layers; /* PcnLayer */
} PcnSpec;

/** pcn_spec_parse: reads what nn_graph_new_from_json() takes; layers that don't fit each other are no error
 * here */
PcnSpec *pcn_spec_parse (const char *json, gssize length, GError **error);
void pcn_spec_free (PcnSpec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnSpec, pcn_spec_free)

/** pcn_spec_write: Returns: (transfer full): @layers, with the name, trainer and input of @spec, as JSON */
char *pcn_spec_write (const PcnSpec *spec, GListModel *layers);

/**
 * pcn_spec_check:
 * @input: (nullable): NULL for the specification's own
 *
 * Tells each of @layers its facts. Returns: (transfer full) (nullable): the network, when nothing is wrong
 */
NnGraph *pcn_spec_check (const PcnSpec *spec, GListModel *layers, const NnShape *input, guint n_classes);

G_END_DECLS
