/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PcnBar:
 * @label: what the bar stands for
 * @value: its length, 0 or more; all bars share one scale
 * @text: the value as people read it, with its unit: “1,240 images/s”
 * @error: (nullable): why there is no value; then @value and @text don't matter
 * @highlighted: drawn in the accent colour
 */
typedef struct {
  const char *label;
  double value;
  const char *text;
  const char *error;
  gboolean highlighted;
} PcnBar;

/** pcn_bar_scale_largest: Returns: the greatest value of those without an error, or 0 */
double pcn_bar_scale_largest (const PcnBar *bars, guint n);

/** pcn_bar_scale_share: Returns: the length of a bar as a share of the longest, 0 to 1; @largest as of
 * pcn_bar_scale_largest() */
double pcn_bar_scale_share (const PcnBar *bar, double largest);

/** pcn_bar_scale_row_words: Returns: (transfer full): a bar in words, compared with the longest one */
char *pcn_bar_scale_row_words (const PcnBar *bars, guint n, guint index);

/** pcn_bar_scale_words: Returns: (transfer full): all bars in words, longest first */
char *pcn_bar_scale_words (const PcnBar *bars, guint n);

G_END_DECLS
