/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was opened lately: order, no doubles, a limit, and names. */
#include "config.h"

#include "session/recent.h"

static void
test_push (void)
{
  const char *const cats[] = { "/p/cat", "/p/dog", NULL }, *const digits[] = { "/p/mnist", NULL };
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("aas", NULL));
  g_autoptr (GVariant) one = g_variant_ref_sink (pcn_recent_push (none, cats));
  g_autoptr (GVariant) two = g_variant_ref_sink (pcn_recent_push (one, digits));
  g_autoptr (GVariant) again = g_variant_ref_sink (pcn_recent_push (two, cats));
  g_autofree char *text = g_variant_print (again, FALSE);

  g_assert_cmpstr (text, ==, "[['/p/cat', '/p/dog'], ['/p/mnist']]");
}

static void
test_limit (void)
{
  g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_new ("aas", NULL));

  for (int i = 0; i < 20; i++) {
    g_autofree char *path = g_strdup_printf ("/p/%d", i);
    const char *const paths[] = { path, NULL };
    g_autoptr (GVariant) next = g_variant_ref_sink (pcn_recent_push (list, paths));
    g_variant_unref (list);
    list = g_steal_pointer (&next);
  }
  g_assert_cmpuint (g_variant_n_children (list), ==, PCN_RECENT_MAX);
  g_autoptr (GVariant) first = g_variant_get_child_value (list, 0);
  g_autofree const char **paths = g_variant_get_strv (first, NULL);
  g_assert_cmpstr (paths[0], ==, "/p/19");
}

static void
test_label (void)
{
  const char *const one[] = { "/home/me/Pictures/animals", NULL };
  const char *const two[] = { "/home/me/Pictures/cat", "/home/me/Pictures/dog", NULL };
  const char *const many[] = { "/p/a", "/p/b", "/p/c", "/p/d", NULL };
  g_autofree char *single = pcn_recent_label (one), *pair = pcn_recent_label (two),
                  *long_one = pcn_recent_label (many);

  g_assert_cmpstr (single, ==, "animals (Pictures)");
  g_assert_cmpstr (pair, ==, "cat, dog (Pictures)");
  g_assert_cmpstr (long_one, ==, "a, b, c… (p)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recent/push", test_push);
  g_test_add_func ("/recent/limit", test_limit);
  g_test_add_func ("/recent/label", test_label);
  return g_test_run ();
}
