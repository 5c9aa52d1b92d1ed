/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the lines of a self-test, of the figures of a comparison, and of the name of a system. */
#include "config.h"

#include "pages/driver-table.h"
#include "session/measurement.h"
#include "session/self-test.h"

#include <math.h>
#include <string.h>

static void
take (PcnSelfTest *test, const char *line)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_data (parser, line, -1, NULL));
  pcn_self_test_take (test, json_node_get_object (json_parser_get_root (parser)));
}

static PcnSelfTest *
begin (void)
{
  PcnSelfTest *test = pcn_self_test_new ();

  pcn_self_test_begin (test, PCN_TEST_RUNNING);
  take (
      test,
      "{\"event\":\"start\",\"tests\":[{\"name\":\"relu 3\",\"family\":\"elementwise\"},"
      "{\"name\":\"conv2d 5\",\"family\":\"convolution\"},{\"name\":\"add 2\",\"family\":\"elementwise\"}]}");
  return test;
}

static void
check_text (gpointer object, const char *property, const char *part)
{
  g_autofree char *text = NULL;

  g_object_get (object, property, &text, NULL);
  if (!strstr (text, part))
    g_error ("“%s” isn't in “%s”", part, text);
}

static PcnFamily *
get_family (PcnSelfTest *test, guint index)
{
  PcnFamily *family = g_list_model_get_item (pcn_self_test_get_families (test), index);

  g_object_unref (family); /* the test holds it */
  return family;
}

static void
test_passed (void)
{
  g_autoptr (PcnSelfTest) test = begin ();
  double fraction;

  g_assert_cmpuint (g_list_model_get_n_items (pcn_self_test_get_families (test)), ==, 2);
  check_text (get_family (test, 0), "summary", "2 tests");
  take (test, "{\"event\":\"result\",\"passed\":true,\"seconds\":0.25}");
  g_object_get (test, "fraction", &fraction, NULL);
  g_assert_cmpfloat_with_epsilon (fraction, 1.0 / 3, 1e-9);
  check_text (test, "summary", "2 of 3");
  g_assert_cmpint (pcn_family_get_state (get_family (test, 0)), ==, PCN_TEST_RUNNING);
  take (test, "{\"event\":\"result\",\"passed\":true,\"seconds\":1}");
  take (test, "{\"event\":\"result\",\"passed\":true,\"seconds\":0.5}");
  take (test, "{\"event\":\"end\",\"passed\":3,\"failed\":0}");
  pcn_self_test_end (test, NULL, FALSE);
  g_assert_cmpint (pcn_self_test_get_state (test), ==, PCN_TEST_PASSED);
  check_text (test, "summary", "3 tests passed");
  check_text (get_family (test, 0), "title", "Activations");
  check_text (get_family (test, 0), "summary", "2 of 2 · 0.8 s");
  g_assert_cmpint (pcn_family_get_state (get_family (test, 1)), ==, PCN_TEST_PASSED);
}

static void
test_failed (void)
{
  g_autoptr (PcnSelfTest) test = begin ();

  take (test, "{\"event\":\"result\",\"passed\":true,\"seconds\":1}");
  take (test, "{\"event\":\"result\",\"passed\":false,\"error\":0.5,\"tolerance\":2e-5,\"where\":\"dx[0]\","
              "\"index\":7}");
  take (test, "{\"event\":\"result\",\"passed\":false,\"error\":null,\"message\":\"out of memory\"}");
  take (test, "{\"event\":\"end\",\"passed\":1,\"failed\":2}");
  pcn_self_test_end (test, "2 of 3 tests failed", FALSE);
  g_assert_cmpint (pcn_self_test_get_state (test), ==, PCN_TEST_FAILED);
  check_text (test, "summary", "2 of 3 tests failed");
  check_text (get_family (test, 1), "failures", "conv2d 5: dx[0][7] is off by 0.5, allowed are 2e-05");
  check_text (get_family (test, 0), "failures", "add 2: out of memory");
}

static void
test_not_a_number (void)
{
  g_autoptr (PcnSelfTest) test = begin ();

  take (test, "{\"event\":\"result\",\"passed\":false,\"error\":null,\"where\":\"y\",\"index\":0}");
  check_text (get_family (test, 0), "failures", "no number");
}

static void
test_crashed (void)
{
  g_autoptr (PcnSelfTest) test = begin ();

  take (test, "{\"event\":\"result\",\"passed\":true,\"seconds\":1}");
  pcn_self_test_end (test, "The driver crashed.", TRUE);
  g_assert_cmpint (pcn_self_test_get_state (test), ==, PCN_TEST_CRASHED);
  check_text (test, "summary", "The driver crashed. It was at “conv2d 5”.");
  g_assert_cmpint (pcn_family_get_state (get_family (test, 1)), ==, PCN_TEST_CRASHED);
  /* The next test forgets all that. */
  pcn_self_test_begin (test, PCN_TEST_WAITING);
  g_assert_cmpuint (g_list_model_get_n_items (pcn_self_test_get_families (test)), ==, 0);
}

static void
test_ended_early (void)
{
  g_autoptr (PcnSelfTest) cancelled = begin (), refused = begin ();

  take (cancelled, "{\"event\":\"result\",\"passed\":true,\"seconds\":1}");
  pcn_self_test_end (cancelled, NULL, FALSE);
  g_assert_cmpint (pcn_self_test_get_state (cancelled), ==, PCN_TEST_CANCELLED);
  check_text (cancelled, "summary", "1 of 3");
  pcn_self_test_end (refused, "There is no such device.", FALSE);
  g_assert_cmpint (pcn_self_test_get_state (refused), ==, PCN_TEST_FAILED);
  check_text (refused, "summary", "There is no such device.");
}

static GListStore *
create_results (void)
{
  GListStore *store = g_list_store_new (PCN_TYPE_MEASUREMENT);
  const PcnFigures figures = { 12345.6, 5.184, 64 << 20, 0.321 };
  g_autoptr (PcnMeasurement) fast = pcn_measurement_new ("a/0", "Fast Card", &figures, NULL);
  g_autoptr (PcnMeasurement) broken = pcn_measurement_new ("b/0", "Broken", NULL, "The driver crashed.");

  g_list_store_append (store, fast);
  g_list_store_append (store, broken);
  return store;
}

static void
test_text (void)
{
  g_autoptr (GListStore) store = create_results ();
  g_autofree char *text
      = pcn_measurements_to_text (G_LIST_MODEL (store), "ConvNet, batches of 64", 1700000000);

  g_assert_nonnull (strstr (text, "ConvNet, batches of 64"));
  g_assert_nonnull (strstr (text, "\nDevice     Pictures/s     Step  One Picture  Memory\n"));
  g_assert_nonnull (strstr (text, "\nFast Card       12346  5.18 ms      0.32 ms   64 MB\n"));
  g_assert_nonnull (strstr (text, "\nBroken: The driver crashed.\n"));
}

static void
test_kept (void)
{
  g_autoptr (GListStore) store = create_results (), again = g_list_store_new (PCN_TYPE_MEASUREMENT);
  g_autofree char *json = pcn_measurements_to_json (G_LIST_MODEL (store), "ConvNet", 1700000000),
                  *title = NULL;
  gint64 date;

  g_assert_true (pcn_measurements_from_json (json, again, &title, &date));
  g_assert_cmpstr (title, ==, "ConvNet");
  g_assert_cmpint (date, ==, 1700000000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  g_autoptr (PcnMeasurement) fast = g_list_model_get_item (G_LIST_MODEL (again), 0);
  g_autoptr (PcnMeasurement) broken = g_list_model_get_item (G_LIST_MODEL (again), 1);
  g_assert_cmpfloat (pcn_measurement_get_figures (fast)->images_per_second, ==, 12345.6);
  g_assert_cmpuint (pcn_measurement_get_figures (fast)->memory, ==, 64 << 20);
  g_assert_null (pcn_measurement_get_problem (fast));
  g_assert_cmpstr (pcn_measurement_get_problem (broken), ==, "The driver crashed.");
  /* Of a file that somebody else wrote, or half of one, nothing is taken. */
  for (const char *const *bad
       = (const char *const[]){ "", "[]", "{}", "{\"format\":9,\"devices\":[]}", "{\"format\":1",
                                "{\"format\":1,\"devices\":7}", NULL };
       *bad; bad++) {
    g_autofree char *other = NULL;
    g_assert_false (pcn_measurements_from_json (*bad, again, &other, &date));
  }
}

static void
test_distribution (void)
{
  guint n;

  g_assert_cmpint (pcn_distribution_find ("fedora", NULL), ==, PCN_DISTRIBUTION_FEDORA);
  g_assert_cmpint (pcn_distribution_find ("linuxmint", "ubuntu debian"), ==, PCN_DISTRIBUTION_UBUNTU);
  g_assert_cmpint (pcn_distribution_find ("endeavouros", "arch"), ==, PCN_DISTRIBUTION_ARCH);
  g_assert_cmpint (pcn_distribution_find (NULL, NULL), ==, PCN_DISTRIBUTION_DEBIAN);
  const PcnDriver *drivers = pcn_driver_table (&n);
  g_assert_cmpuint (n, ==, 4);
  for (guint i = 0; i < n; i++)
    for (guint d = 0; d < PCN_N_DISTRIBUTIONS; d++)
      g_assert_true (g_str_has_prefix (drivers[i].commands[d], "sudo "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/devices/passed", test_passed);
  g_test_add_func ("/devices/failed", test_failed);
  g_test_add_func ("/devices/not-a-number", test_not_a_number);
  g_test_add_func ("/devices/crashed", test_crashed);
  g_test_add_func ("/devices/ended-early", test_ended_early);
  g_test_add_func ("/devices/text", test_text);
  g_test_add_func ("/devices/kept", test_kept);
  g_test_add_func ("/devices/distribution", test_distribution);
  return g_test_run ();
}
