/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnBars:
 *
 * How sure a network is of each class: name, bar, share. Up to #PCN_BARS_MAX classes keep their places; of more the
 * likeliest are shown. The likeliest one stands out.
 */
#define PCN_TYPE_BARS (pcn_bars_get_type ())
G_DECLARE_FINAL_TYPE (PcnBars, pcn_bars, PCN, BARS, GtkWidget)

#define PCN_BARS_MAX 10

/** pcn_bars_set_classes: @names: (array zero-terminated=1) (nullable): the classes; all bars fall to zero */
void pcn_bars_set_classes (PcnBars *self, const char *const *names);

/** pcn_bars_set_values: @values: (nullable): a probability for each class; NULL for none */
void pcn_bars_set_values (PcnBars *self, const float *values, guint n);

/** pcn_bars_rank: fills @order with the indices of the @n_order largest of @n values, largest first */
void pcn_bars_rank (const float *values, guint n, guint *order, guint n_order);

G_END_DECLS
