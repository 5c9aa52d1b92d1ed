/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"

#include <glib/gi18n.h>
#include <math.h>

char *
pcn_format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

char *
pcn_format_duration (double seconds)
{
  guint64 s = isfinite (seconds) && seconds > 0 ? (guint64) llround (seconds) : 0;

  if (s < 60)
    /* Translators: a time in seconds */
    return g_strdup_printf (_ ("%u s"), (guint) s);
  if (s < 3600)
    /* Translators: a time in minutes and seconds */
    return g_strdup_printf (_ ("%u min %u s"), (guint) (s / 60), (guint) (s % 60));
  /* Translators: a time in hours and minutes */
  return g_strdup_printf (_ ("%u h %u min"), (guint) (s / 3600), (guint) (s % 3600 / 60));
}

char *
pcn_format_memory (guint64 bytes)
{
  double mib = bytes / 1048576.0;

  if (mib < 1000)
    /* Translators: an amount of memory */
    return g_strdup_printf (_ ("%.0f MB"), mib);
  double gib = mib / 1024;
  /* Translators: an amount of memory */
  return g_strdup_printf (_ ("%.*f GB"), gib < 10 && fabs (gib - round (gib)) > 0.05 ? 1 : 0, gib);
}

char *
pcn_format_title (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *out = g_string_new (NULL);

  /* A line break or a control character in a file name must not break a row. */
  for (const char *p = valid; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (out, g_unichar_iscntrl (c) ? 0xFFFD : c);
  }
  return g_string_free (out, FALSE);
}
