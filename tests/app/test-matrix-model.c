/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/matrix-model.h"

static const char *const names[] = { "cat", "dog", "owl" };
/* No owl was looked at. */
static const guint64 counts[] = { 90, 9, 1, 20, 30, 0, 0, 0, 0 };

static void
test_shares (void)
{
  guint64 total;

  g_assert_cmpuint (pcn_matrix_row_sum (counts, 3, 0), ==, 100);
  g_assert_cmpuint (pcn_matrix_row_sum (counts, 3, 2), ==, 0);
  g_assert_cmpfloat (pcn_matrix_share (counts, 3, 1, 0), ==, 0.4);
  g_assert_cmpfloat (pcn_matrix_share (counts, 3, 2, 2), ==, 0);
  g_assert_cmpuint (pcn_matrix_right (counts, 3, &total), ==, 120);
  g_assert_cmpuint (total, ==, 150);
}

static void
test_worst (void)
{
  const guint64 ties[] = { 0, 2, 2, 2 };
  PcnConfusion worst[4];

  g_assert_cmpuint (pcn_matrix_worst (counts, 3, worst, 4), ==, 3);
  g_assert_cmpuint (worst[0].count, ==, 20);
  g_assert_cmpuint (worst[0].truth, ==, 1);
  g_assert_cmpuint (worst[0].answer, ==, 0);
  g_assert_cmpuint (worst[1].count, ==, 9);
  g_assert_cmpuint (worst[2].count, ==, 1);
  g_assert_cmpuint (pcn_matrix_worst (counts, 3, worst, 1), ==, 1);
  g_assert_cmpuint (worst[0].count, ==, 20);
  g_assert_cmpuint (pcn_matrix_worst (counts, 3, worst, 0), ==, 0);
  g_assert_cmpuint (pcn_matrix_worst (ties, 2, worst, 4), ==, 2);
  g_assert_cmpuint (worst[0].truth, ==, 0);
}

static void
test_words (void)
{
  const guint64 empty[9] = { 0 }, single[] = { 1 };
  g_autofree char *all = pcn_matrix_words (counts, names, 3);
  g_autofree char *none = pcn_matrix_words (NULL, NULL, 0);
  g_autofree char *zeros = pcn_matrix_words (empty, names, 3);
  g_autofree char *one = pcn_matrix_words (single, names, 1);

  g_assert_cmpstr (
      all, ==,
      "120 of 150 are right, 80.0 %. dog taken for cat: 20. cat taken for dog: 9. cat taken for owl: 1.");
  g_assert_cmpstr (none, ==, "No values yet");
  g_assert_cmpstr (zeros, ==, "No values yet");
  g_assert_cmpstr (one, ==, "1 of 1 are right, 100.0 %.");
}

static void
test_cell_words (void)
{
  const guint64 single[] = { 1 };
  const struct {
    const guint64 *counts;
    guint n, truth, answer;
    const char *text;
  } cases[] = {
    { counts, 3, 0, 0, "90 of 100 pictures of cat were recognised (90.0 %)" },
    { counts, 3, 1, 0, "20 of 50 pictures of dog were taken for cat (40.0 %)" },
    { counts, 3, 1, 2, "0 of 50 pictures of dog were taken for owl (0.0 %)" },
    { counts, 3, 2, 1, "No pictures of owl" },
    { single, 1, 0, 0, "1 of 1 picture of cat was recognised (100.0 %)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text
        = pcn_matrix_cell_words (cases[i].counts, names, cases[i].n, cases[i].truth, cases[i].answer);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* The middle of each cell is hit, in both directions, and the grid stays in its room. */
static void
test_fit (void)
{
  static const guint sizes[] = { 1, 2, 3, 10, 100 };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    guint n = sizes[i / 2], truth, answer;
    PcnMatrixGrid grid = pcn_matrix_grid_fit (400, 300, 60, 20, 30, 10, n, 56, i % 2);
    g_assert_cmpfloat (grid.cell, >, 0);
    g_assert_cmpfloat (grid.cell, <=, 56);
    g_assert_cmpfloat (grid.x, >=, i % 2 ? 20 : 60);
    g_assert_cmpfloat (grid.x + n * grid.cell, <=, i % 2 ? 340 : 380);
    g_assert_cmpfloat (grid.y + n * grid.cell, <=, 290);
    for (guint row = 0; row < n; row++)
      for (guint column = 0; column < n; column++) {
        g_assert_true (pcn_matrix_grid_hit (&grid, pcn_matrix_grid_column_x (&grid, column) + grid.cell / 2,
                                            grid.y + (row + 0.5) * grid.cell, &truth, &answer));
        g_assert_cmpuint (truth, ==, row);
        g_assert_cmpuint (answer, ==, column);
      }
  }
}

static void
test_fit_odd (void)
{
  guint truth, answer;
  PcnMatrixGrid open = pcn_matrix_grid_fit (400, -1, 60, 20, 30, 10, 10, 56, FALSE);
  PcnMatrixGrid narrow = pcn_matrix_grid_fit (10, 300, 60, 20, 30, 10, 100, 56, FALSE);
  PcnMatrixGrid none = pcn_matrix_grid_fit (400, 300, 60, 20, 30, 10, 0, 56, TRUE);

  g_assert_cmpfloat (open.cell, ==, 32);
  g_assert_cmpfloat (narrow.cell, >, 0);
  g_assert_cmpfloat (narrow.x, ==, 60);
  g_assert_false (pcn_matrix_grid_hit (&none, none.x, none.y, &truth, &answer));
  g_assert_true (pcn_matrix_grid_hit (&open, open.x, open.y, &truth, &answer));
  g_assert_false (pcn_matrix_grid_hit (&open, open.x - 0.5, open.y, &truth, &answer));
  g_assert_false (pcn_matrix_grid_hit (&open, open.x, open.y - 0.5, &truth, &answer));
  g_assert_false (pcn_matrix_grid_hit (&open, open.x + 320, open.y, &truth, &answer));
  /* The first column stands at the right. */
  PcnMatrixGrid mirrored = pcn_matrix_grid_fit (400, -1, 60, 20, 30, 10, 10, 56, TRUE);
  g_assert_cmpfloat (pcn_matrix_grid_column_x (&mirrored, 0), ==, mirrored.x + 9 * mirrored.cell);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matrix-model/shares", test_shares);
  g_test_add_func ("/matrix-model/worst", test_worst);
  g_test_add_func ("/matrix-model/words", test_words);
  g_test_add_func ("/matrix-model/cell-words", test_cell_words);
  g_test_add_func ("/matrix-model/fit", test_fit);
  g_test_add_func ("/matrix-model/fit-odd", test_fit_odd);
  return g_test_run ();
}
