/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/matrix.h"
#include "widgets/listen.h"
#include "widgets/matrix-paint.h"

#include <glib/gi18n.h>

struct _PcnMatrix {
  GtkWidget parent_instance;
  guint64 *counts;
  char **names;
  guint n;
  int selected_truth, selected_answer;
  int hover_truth, hover_answer;
  PcnMatrixView view;
};

G_DEFINE_FINAL_TYPE (PcnMatrix, pcn_matrix, GTK_TYPE_WIDGET)

enum { PROP_SELECTED_TRUTH = 1, PROP_SELECTED_ANSWER, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CELL_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update_description (PcnMatrix *self)
{
  const char *const *names = (const char *const *) self->names;
  g_autofree char *words = pcn_matrix_words (self->counts, names, self->n);
  g_autofree char *cell = NULL;
  g_autofree char *text = NULL;

  if (self->selected_truth >= 0)
    cell = pcn_matrix_cell_words (self->counts, names, self->n, (guint) self->selected_truth,
                                  (guint) self->selected_answer);
  /* The cell comes first: it is what changes while one walks. */
  text = cell ? g_strconcat (cell, ". ", words, NULL) : g_steal_pointer (&words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
pcn_matrix_select (PcnMatrix *self, int truth, int answer)
{
  g_return_if_fail (PCN_IS_MATRIX (self));

  if (truth < 0 || answer < 0 || truth >= (int) self->n || answer >= (int) self->n)
    truth = answer = -1;
  if (self->selected_truth == truth && self->selected_answer == answer)
    return;
  gboolean row_changed = self->selected_truth != truth, column_changed = self->selected_answer != answer;
  self->selected_truth = truth;
  self->selected_answer = answer;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (row_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED_TRUTH]);
  if (column_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED_ANSWER]);
}

gboolean
pcn_matrix_get_selected (PcnMatrix *self, guint *truth, guint *answer)
{
  g_return_val_if_fail (PCN_IS_MATRIX (self), FALSE);

  if (self->selected_truth < 0)
    return FALSE;
  if (truth)
    *truth = (guint) self->selected_truth;
  if (answer)
    *answer = (guint) self->selected_answer;
  return TRUE;
}

void
pcn_matrix_set (PcnMatrix *self, const guint64 *counts, const char *const *names, guint n)
{
  g_return_if_fail (PCN_IS_MATRIX (self));
  g_return_if_fail (n == 0 || !counts || names);

  if (!counts)
    n = 0;
  gboolean resized = n != self->n;
  char **copy = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    copy[i] = g_strdup (names[i]);
  g_strfreev (self->names);
  self->names = copy;
  g_free (self->counts);
  self->counts = n > 0 ? g_memdup2 (counts, sizeof *counts * n * n) : NULL;
  self->n = n;
  if (resized) {
    self->hover_truth = self->hover_answer = -1;
    pcn_matrix_select (self, -1, -1);
  }
  update_description (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
set_hover (PcnMatrix *self, int truth, int answer)
{
  if (self->hover_truth == truth && self->hover_answer == answer)
    return;
  self->hover_truth = truth;
  self->hover_answer = answer;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), truth >= 0 ? "pointer" : NULL);
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (PcnMatrix *self, double x, double y)
{
  guint truth, answer;

  if (self->n > 0 && pcn_matrix_grid_hit (&self->view.grid, x, y, &truth, &answer))
    set_hover (self, (int) truth, (int) answer);
  else
    set_hover (self, -1, -1);
}

static void
on_leave (PcnMatrix *self)
{
  set_hover (self, -1, -1);
}

static void
activate_selected (PcnMatrix *self)
{
  if (self->selected_truth >= 0)
    g_signal_emit (self, signals[CELL_ACTIVATED], 0, (guint) self->selected_truth,
                   (guint) self->selected_answer);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, PcnMatrix *self)
{
  guint truth, answer;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->n == 0 || !pcn_matrix_grid_hit (&self->view.grid, x, y, &truth, &answer))
    return;
  pcn_matrix_select (self, (int) truth, (int) answer);
  activate_selected (self);
}

/* Returns: whether @key moves the picked cell; then by so much, with Home and End as far as it goes. */
static gboolean
get_move (PcnMatrix *self, guint key, int *down, int *right)
{
  int far = (int) self->n,
      forward = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -1 : 1;

  *down = *right = 0;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    *right = -forward;
    return TRUE;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    *right = forward;
    return TRUE;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    *down = -1;
    return TRUE;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    *down = 1;
    return TRUE;
  case GDK_KEY_Home:
    *right = -far;
    return TRUE;
  case GDK_KEY_End:
    *right = far;
    return TRUE;
  case GDK_KEY_Page_Up:
    *down = -far;
    return TRUE;
  case GDK_KEY_Page_Down:
    *down = far;
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
on_key (PcnMatrix *self, guint key, guint code, GdkModifierType state)
{
  int down, right, last = (int) self->n - 1;

  if (self->n == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_space) {
    activate_selected (self);
    return GDK_EVENT_STOP;
  }
  if (!get_move (self, key, &down, &right))
    return GDK_EVENT_PROPAGATE;
  /* The first key goes to the first cell, so that none is passed over. */
  if (self->selected_truth < 0)
    pcn_matrix_select (self, 0, 0);
  else
    pcn_matrix_select (self, CLAMP (self->selected_truth + down, 0, last),
                       CLAMP (self->selected_answer + right, 0, last));
  set_hover (self, -1, -1);
  return GDK_EVENT_STOP;
}

static gboolean
pcn_matrix_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PcnMatrix *self = PCN_MATRIX (widget);
  int truth = keyboard ? self->selected_truth : self->hover_truth;
  int answer = keyboard ? self->selected_answer : self->hover_answer;

  if (truth < 0)
    return FALSE;
  g_autofree char *text = pcn_matrix_cell_words (self->counts, (const char *const *) self->names, self->n,
                                                 (guint) truth, (guint) answer);
  const PcnMatrixGrid *grid = &self->view.grid;
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ (int) pcn_matrix_grid_column_x (grid, (guint) answer),
                                                      (int) (grid->y + truth * grid->cell),
                                                      (int) grid->cell + 1, (int) grid->cell + 1 });
  return TRUE;
}

static void
fill_view (PcnMatrix *self)
{
  gboolean hovered = self->hover_truth >= 0, focused = gtk_widget_has_focus (GTK_WIDGET (self));

  self->view.counts = self->counts;
  self->view.names = (const char *const *) self->names;
  self->view.n = self->n;
  self->view.hot_truth = hovered ? self->hover_truth : self->selected_truth;
  self->view.hot_answer = hovered ? self->hover_answer : self->selected_answer;
  self->view.focused = focused && !hovered;
}

static void
pcn_matrix_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnMatrix *self = PCN_MATRIX (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autofree char *words = NULL;
  PcnPaintColours colours;

  if (self->n == 0 || width < 1 || height < 1)
    return;
  fill_view (self);
  pcn_paint_lookup_colours (widget, &colours);
  pcn_matrix_layout (&self->view, widget, width, height);
  if (self->view.hot_truth >= 0)
    words = pcn_matrix_cell_words (self->counts, self->view.names, self->n, (guint) self->view.hot_truth,
                                   (guint) self->view.hot_answer);
  else
    words = g_strdup (_ ("A row shows what the pictures of a class were taken for"));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (-4, -4, width + 8, height + 8));
  pcn_matrix_paint (&self->view, widget, cr, &colours, words);
  cairo_destroy (cr);
}

static GtkSizeRequestMode
pcn_matrix_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pcn_matrix_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  PcnMatrix *self = PCN_MATRIX (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 240;
    *natural = 560;
    return;
  }
  fill_view (self);
  *minimum = *natural = (int) pcn_matrix_layout (&self->view, widget, for_size < 0 ? 560 : for_size, -1) + 1;
}

static void
pcn_matrix_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnMatrix *self = PCN_MATRIX (object);

  switch (id) {
  case PROP_SELECTED_TRUTH:
    g_value_set_int (value, self->selected_truth);
    break;
  case PROP_SELECTED_ANSWER:
    g_value_set_int (value, self->selected_answer);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_matrix_finalize (GObject *object)
{
  PcnMatrix *self = PCN_MATRIX (object);

  g_free (self->counts);
  g_strfreev (self->names);
  G_OBJECT_CLASS (pcn_matrix_parent_class)->finalize (object);
}

static void
pcn_matrix_class_init (PcnMatrixClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = pcn_matrix_finalize;
  object_class->get_property = pcn_matrix_get_property;
  widget_class->snapshot = pcn_matrix_snapshot;
  widget_class->measure = pcn_matrix_measure;
  widget_class->get_request_mode = pcn_matrix_get_request_mode;
  widget_class->query_tooltip = pcn_matrix_query_tooltip;
  props[PROP_SELECTED_TRUTH] = g_param_spec_int ("selected-truth", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_SELECTED_ANSWER] = g_param_spec_int ("selected-answer", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * PcnMatrix::cell-activated:
   * @truth: the row
   * @answer: the column
   *
   * A cell was clicked, or Enter pressed on it.
   */
  signals[CELL_ACTIVATED] = g_signal_new ("cell-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "matrix");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_matrix_init (PcnMatrix *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->selected_truth = self->selected_answer = self->hover_truth = self->hover_answer = -1;
  pcn_listen (widget, G_CALLBACK (on_motion), G_CALLBACK (on_leave), G_CALLBACK (on_key));

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  pcn_paint_follow_style (widget);
  update_description (self);
}
