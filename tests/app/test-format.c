/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"

#include <math.h>

static void
check (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_duration (void)
{
  check (pcn_format_duration (-3), "0 s");
  check (pcn_format_duration (NAN), "0 s");
  check (pcn_format_duration (59.4), "59 s");
  check (pcn_format_duration (59.6), "1 min 0 s");
  check (pcn_format_duration (200), "3 min 20 s");
  check (pcn_format_duration (7500), "2 h 5 min");
}

static void
test_memory (void)
{
  check (pcn_format_memory (G_GUINT64_CONSTANT (512) << 20), "512 MB");
  check (pcn_format_memory (G_GUINT64_CONSTANT (8) << 30), "8 GB");
  check (pcn_format_memory (G_GUINT64_CONSTANT (6144) << 20), "6 GB");
  check (pcn_format_memory (G_GUINT64_CONSTANT (5632) << 20), "5.5 GB");
  check (pcn_format_memory (G_GUINT64_CONSTANT (16085) << 20), "16 GB");
}

static void
test_title (void)
{
  check (pcn_format_title ("cat"), "cat");
  check (pcn_format_title ("two\nlines"), "two\357\277\275lines");
  check (pcn_format_title ("caf\351"), "caf\357\277\275");
  check (pcn_format_title ("ねこ"), "ねこ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/duration", test_duration);
  g_test_add_func ("/format/memory", test_memory);
  g_test_add_func ("/format/title", test_title);
  return g_test_run ();
}
