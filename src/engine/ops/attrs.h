/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** nn_attrs_default: fills @attrs with the defaults of @op */
void nn_attrs_default (const NnOp *op, NnAttr *attrs);

/**
 * nn_attrs_read:
 * @object: a layer; keys that are not attributes of @op, but "op", "name", "inputs" and "frozen", are errors that name the key
 * @n_classes: what "classes" stands for
 */
gboolean nn_attrs_read (const NnOp *op, JsonObject *object, guint n_classes, NnAttr *attrs, GError **error);

/** nn_attrs_check: that each value lies within the limits of the table */
gboolean nn_attrs_check (const NnOp *op, const NnAttr *attrs, GError **error);

/** nn_attrs_write: adds every attribute as a member of the object that @builder is in */
void nn_attrs_write (const NnOp *op, const NnAttr *attrs, JsonBuilder *builder);

/** nn_attrs_index: Returns: the place of an attribute in the table of @op, or -1 */
int nn_attrs_index (const NnOp *op, const char *name);

G_END_DECLS
