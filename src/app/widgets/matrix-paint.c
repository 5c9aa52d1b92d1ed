/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drawing of a confusion matrix: cells, names, row sums, the words below. */
#include "config.h"

#include "widgets/matrix-paint.h"
#include "format.h"
#include "widgets/ramp.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_CELL 56.0
#define GAP 6.0
/* Cells from this size on stand apart and have round corners. */
#define APART_CELL 14.0

static int
get_text_width (PangoLayout *layout, const char *text)
{
  int width;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static int
get_line_height (PangoLayout *layout)
{
  int height;

  pango_layout_set_text (layout, "0", -1);
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static int
get_widest_name (const PcnMatrixView *view, PangoLayout *layout)
{
  int widest = 0;

  for (guint i = 0; i < view->n; i++)
    widest = MAX (widest, get_text_width (layout, view->names[i]));
  return widest;
}

static int
get_widest_sum (const PcnMatrixView *view, PangoLayout *layout)
{
  guint64 largest = 0;

  for (guint i = 0; i < view->n; i++)
    largest = MAX (largest, pcn_matrix_row_sum (view->counts, view->n, i));
  g_autofree char *text = pcn_format_count (largest);
  return get_text_width (layout, text);
}

double
pcn_matrix_layout (PcnMatrixView *view, GtkWidget *widget, double width, double height)
{
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, NULL);
  int line = get_line_height (layout), name = view->n > 0 ? get_widest_name (view, layout) : 0;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  /* Names get a quarter of the width at most: the cells are what is looked at. */
  view->start = line + GAP + MIN (name, MAX (width * 0.25, 3 * line)) + GAP;
  view->end = GAP + (view->n > 0 ? get_widest_sum (view, layout) : 0);
  view->top = line + GAP;
  view->bottom = GAP + 2 * line;
  PcnMatrixGrid grid = pcn_matrix_grid_fit (width, height, view->start, view->end, view->top, view->bottom,
                                            view->n, MAX_CELL, mirrored);
  /* Names of columns lie if they fit, and stand if they don't. */
  double names = name <= grid.cell - 2 ? line : MIN (name, MAX (width * 0.2, 3 * line));
  view->top += names + GAP;
  view->grid = pcn_matrix_grid_fit (width, height, view->start, view->end, view->top, view->bottom, view->n,
                                    MAX_CELL, mirrored);
  return view->top + view->grid.cell * view->n + view->bottom;
}

static void
get_cell_colour (const PcnMatrixView *view, const PcnPaintColours *colours, guint truth, guint answer,
                 float rgb[3])
{
  double share = pcn_matrix_share (view->counts, view->n, truth, answer);
  const GdkRGBA *full = truth == answer ? &colours->success : &colours->error;
  const float from[3] = { colours->background.red, colours->background.green, colours->background.blue };
  const float to[3] = { full->red, full->green, full->blue };

  /* One mistake in a hundred must be seen. */
  pcn_ramp_mix (from, to,
                truth == answer ? 0.1 + 0.75 * share
                : share > 0     ? 0.15 + 0.75 * sqrt (share)
                                : 0,
                rgb);
}

/* Of many small cells, each is one pixel of a picture that is blown up: faster than thousands of rectangles.
 */
static void
paint_small_cells (const PcnMatrixView *view, cairo_t *cr, const PcnPaintColours *colours)
{
  guint n = view->n;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) n, (int) n);
  guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  for (guint y = 0; data && y < n; y++)
    for (guint x = 0; x < n; x++) {
      float rgb[3];
      get_cell_colour (view, colours, y, view->grid.mirrored ? n - 1 - x : x, rgb);
      ((guint32 *) (gpointer) (data + y * stride))[x] = pcn_ramp_pack (rgb);
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, view->grid.x, view->grid.y);
  cairo_rectangle (cr, 0, 0, view->grid.cell * n, view->grid.cell * n);
  cairo_clip (cr);
  cairo_scale (cr, view->grid.cell, view->grid.cell);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static gboolean
numbers_fit (const PcnMatrixView *view, PangoLayout *layout)
{
  guint64 largest = 0;

  for (gsize i = 0; i < (gsize) view->n * view->n; i++)
    largest = MAX (largest, view->counts[i]);
  g_autofree char *text = pcn_format_count (largest);
  return get_text_width (layout, text) + 4 <= view->grid.cell && get_line_height (layout) <= view->grid.cell;
}

static void
paint_number (const PcnMatrixView *view, cairo_t *cr, PangoLayout *layout, guint truth, guint answer,
              const float rgb[3])
{
  g_autofree char *text = pcn_format_count (view->counts[(gsize) truth * view->n + answer]);
  double x = pcn_matrix_grid_column_x (&view->grid, answer), y = view->grid.y + truth * view->grid.cell;
  double ink = pcn_ramp_is_light (rgb) ? 0 : 1;
  int w, h;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_set_source_rgba (cr, ink, ink, ink, 0.9);
  pcn_paint_text (cr, layout, floor (x + (view->grid.cell - w) / 2), floor (y + (view->grid.cell - h) / 2));
}

static void
paint_cells (const PcnMatrixView *view, GtkWidget *widget, cairo_t *cr, const PcnPaintColours *colours)
{
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, NULL);
  gboolean numbers = numbers_fit (view, layout);
  double cell = view->grid.cell;

  for (guint truth = 0; truth < view->n; truth++)
    for (guint answer = 0; answer < view->n; answer++) {
      float rgb[3];
      double x = pcn_matrix_grid_column_x (&view->grid, answer), y = view->grid.y + truth * cell;
      guint64 count = view->counts[(gsize) truth * view->n + answer];
      get_cell_colour (view, colours, truth, answer, rgb);
      pcn_paint_rounded (cr, x + 1, y + 1, cell - 2, cell - 2, 4);
      if (count == 0) {
        pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 0.1 : 0.05);
      } else {
        cairo_set_source_rgb (cr, rgb[0], rgb[1], rgb[2]);
      }
      cairo_fill_preserve (cr);
      if (colours->contrast) {
        pcn_paint_set_colour (cr, &colours->text, 0.5);
        cairo_set_line_width (cr, 1);
        cairo_stroke (cr);
      }
      cairo_new_path (cr);
      if (numbers && count > 0)
        paint_number (view, cr, layout, truth, answer, rgb);
    }
}

static void
set_emphasis (PangoLayout *layout, gboolean bold)
{
  PangoAttrList *attrs = pango_attr_list_copy (pango_layout_get_attributes (layout));

  pango_attr_list_change (attrs, pango_attr_weight_new (bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
}

/* With cells lower than a line of text, every so many names are written, and the hot one. */
static gboolean
is_named (const PcnMatrixView *view, guint index, int hot, double line)
{
  guint every = (guint) ceil (line / view->grid.cell);

  if (every <= 1 || (int) index == hot)
    return TRUE;
  return index % every == 0 && (hot < 0 || ABS ((int) index - hot) >= (int) every);
}

static void
paint_row_names (const PcnMatrixView *view, cairo_t *cr, const PcnPaintColours *colours, PangoLayout *layout,
                 double line)
{
  double room = view->start - line - 2 * GAP, side = view->grid.cell * view->n;

  for (guint i = 0; i < view->n; i++) {
    gboolean hot = (int) i == view->hot_truth;
    double middle = view->grid.y + (i + 0.5) * view->grid.cell;
    int w, h;
    if (!is_named (view, i, view->hot_truth, line))
      continue;
    set_emphasis (layout, hot);
    pango_layout_set_width (layout, (int) (room * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text (layout, view->names[i], -1);
    PangoRectangle ink;
    pango_layout_get_pixel_extents (layout, NULL, &ink);
    w = ink.width;
    h = ink.height;
    double x = view->grid.mirrored ? view->grid.x + side + GAP : view->grid.x - GAP - w;
    pcn_paint_set_colour (cr, &colours->text, hot || colours->contrast ? 1 : 0.75);
    pcn_paint_text (cr, layout, floor (x - ink.x), floor (middle - h / 2.0));

    g_autofree char *sum = pcn_format_count (pcn_matrix_row_sum (view->counts, view->n, i));
    pango_layout_set_width (layout, -1);
    pango_layout_set_text (layout, sum, -1);
    pango_layout_get_pixel_size (layout, &w, &h);
    x = view->grid.mirrored ? view->grid.x - GAP - w : view->grid.x + side + view->end - w;
    pcn_paint_set_colour (cr, &colours->text, hot || colours->contrast ? 1 : 0.5);
    pcn_paint_text (cr, layout, floor (x), floor (middle - h / 2.0));
  }
  set_emphasis (layout, FALSE);
}

static void
paint_column_names (const PcnMatrixView *view, cairo_t *cr, const PcnPaintColours *colours,
                    PangoLayout *layout, double line)
{
  double room = view->top - line - 2 * GAP;
  gboolean standing = room > line + 1;

  for (guint i = 0; i < view->n; i++) {
    gboolean hot = (int) i == view->hot_answer;
    double middle = pcn_matrix_grid_column_x (&view->grid, i) + view->grid.cell / 2;
    PangoRectangle area;
    if (!is_named (view, i, view->hot_answer, line))
      continue;
    set_emphasis (layout, hot);
    pango_layout_set_width (layout, (int) ((standing ? room : MAX (view->grid.cell, room)) * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text (layout, view->names[i], -1);
    pango_layout_get_pixel_extents (layout, NULL, &area);
    pcn_paint_set_colour (cr, &colours->text, hot || colours->contrast ? 1 : 0.75);
    cairo_save (cr);
    if (standing) {
      cairo_translate (cr, floor (middle - area.height / 2.0), view->grid.y - GAP);
      cairo_rotate (cr, -G_PI / 2);
      pcn_paint_text (cr, layout, -area.x, 0);
    } else {
      pcn_paint_text (cr, layout, floor (middle - area.width / 2.0 - area.x),
                      view->grid.y - GAP - area.height);
    }
    cairo_restore (cr);
  }
  pango_layout_set_width (layout, -1);
  set_emphasis (layout, FALSE);
}

static void
paint_captions (const PcnMatrixView *view, cairo_t *cr, const PcnPaintColours *colours, PangoLayout *layout)
{
  double side = view->grid.cell * view->n;
  int w, h;

  pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.55);
  /* Translators: over the columns of a confusion matrix: what a picture was taken for */
  pango_layout_set_text (layout, _ ("Taken For"), -1);
  pango_layout_get_pixel_size (layout, &w, &h);
  pcn_paint_text (cr, layout, floor (view->grid.x + (side - w) / 2), 0);
  /* Translators: beside the rows of a confusion matrix: the class that a picture belongs to */
  pango_layout_set_text (layout, _ ("True Class"), -1);
  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_save (cr);
  double x = view->grid.mirrored ? view->grid.x + side + view->start - h : view->grid.x - view->start;
  cairo_translate (cr, floor (x), floor (view->grid.y + (side + w) / 2));
  cairo_rotate (cr, -G_PI / 2);
  pcn_paint_text (cr, layout, 0, 0);
  cairo_restore (cr);
}

static void
paint_hot (const PcnMatrixView *view, cairo_t *cr, const PcnPaintColours *colours)
{
  const PcnMatrixGrid *grid = &view->grid;
  double side = grid->cell * view->n, column = pcn_matrix_grid_column_x (grid, (guint) view->hot_answer);
  double row = grid->y + view->hot_truth * grid->cell, grow = grid->cell < APART_CELL ? 1 : 0;

  /* A cross over the row and the column, the cell itself left free. */
  pcn_paint_set_colour (cr, &colours->text, 0.1);
  cairo_rectangle (cr, grid->x, row, column - grid->x, grid->cell);
  cairo_rectangle (cr, column + grid->cell, row, grid->x + side - column - grid->cell, grid->cell);
  cairo_rectangle (cr, column, grid->y, grid->cell, row - grid->y);
  cairo_rectangle (cr, column, row + grid->cell, grid->cell, grid->y + side - row - grid->cell);
  cairo_fill (cr);
  pcn_paint_rounded (cr, column - grow, row - grow, grid->cell + 2 * grow, grid->cell + 2 * grow,
                     grow > 0 ? 0 : 5);
  pcn_paint_set_colour (cr, view->focused ? &colours->accent : &colours->text, view->focused ? 1 : 0.7);
  cairo_set_line_width (cr, colours->contrast ? 3 : 2);
  cairo_stroke (cr);
}

void
pcn_matrix_paint (const PcnMatrixView *view, GtkWidget *widget, cairo_t *cr, const PcnPaintColours *colours,
                  const char *words)
{
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, NULL);
  double line = get_line_height (layout), width = gtk_widget_get_width (widget);

  paint_captions (view, cr, colours, layout);
  if (view->grid.cell < APART_CELL)
    paint_small_cells (view, cr, colours);
  else
    paint_cells (view, widget, cr, colours);
  paint_row_names (view, cr, colours, layout, line);
  paint_column_names (view, cr, colours, layout, line);
  if (view->hot_truth >= 0)
    paint_hot (view, cr, colours);

  g_autoptr (PangoLayout) below = pcn_paint_layout (widget, words);
  pango_layout_set_width (below, (int) (width * PANGO_SCALE));
  pango_layout_set_height (below, (int) (2 * line * PANGO_SCALE));
  pango_layout_set_wrap (below, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (below, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (below, PANGO_ALIGN_CENTER);
  pcn_paint_set_colour (cr, &colours->text, view->hot_truth >= 0 || colours->contrast ? 1 : 0.6);
  pcn_paint_text (cr, below, 0, view->grid.y + view->grid.cell * view->n + GAP);
}
