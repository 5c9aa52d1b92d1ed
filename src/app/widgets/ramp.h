/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** pcn_ramp_mix: @rgb: (out): the colour at @share (0 to 1) of the way @from one @to another */
void pcn_ramp_mix (const float from[3], const float to[3], double share, float rgb[3]);

/** pcn_ramp_is_light: Returns: whether black is read better than white on this colour (WCAG's relative
 * luminance) */
gboolean pcn_ramp_is_light (const float rgb[3]);

/** pcn_ramp_pack: Returns: the colour as an opaque pixel, 0xffRRGGBB */
guint32 pcn_ramp_pack (const float rgb[3]);

/**
 * pcn_ramp_heat:
 *
 * How strong something is: from black over violet, rose and orange to a light yellow. Lightness only grows,
 * so that it is read without colour as well.
 *
 * Returns: a pixel for a share from 0 to 1; others are taken for the nearest of these
 */
guint32 pcn_ramp_heat (double share);

/** pcn_ramp_diverging: Returns: a pixel for -1 (blue) over 0 (a light grey) to 1 (red) */
guint32 pcn_ramp_diverging (double value);

G_END_DECLS
