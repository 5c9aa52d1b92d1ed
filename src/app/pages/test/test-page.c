/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/no-device.h"
#include "pages/test/test-page.h"
#include "format.h"
#include "settings.h"
#include "widgets/bars.h"
#include "widgets/canvas.h"
#include "widgets/chart-scale.h"
#include "widgets/columns.h"
#include "widgets/seen.h"

#include <glib/gi18n.h>

/* Below this share nothing is called an answer. */
#define UNSURE 0.5

struct _PcnTestPage {
  AdwBin parent_instance;
  GtkStack *state, *input;
  GtkWidget *switcher, *draw_mode, *picture_mode;
  PcnCanvas *canvas;
  GtkStack *photo_state;
  GtkPicture *photo;
  GtkLabel *answer, *sureness;
  PcnBars *bars;
  PcnSeen *seen;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnTestPage, pcn_test_page, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
show_nothing (PcnTestPage *self)
{
  pcn_bars_set_values (self->bars, NULL, 0);
  gtk_label_set_label (self->answer, "");
  gtk_label_set_label (self->sureness, "");
  pcn_seen_set_pixels (self->seen, NULL, 0, 0, 1);
}

static gboolean
is_drawing (PcnTestPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->input), "draw") == 0;
}

static void
predict_drawing (PcnTestPage *self)
{
  guint8 pixels[NN_DIGIT_SIZE * NN_DIGIT_SIZE];

  if (pcn_canvas_get_empty (self->canvas) || !pcn_session_takes_digits (self->session)) {
    show_nothing (self);
    return;
  }
  nn_strokes_render (pcn_canvas_get_strokes (self->canvas), NULL, pixels);
  pcn_seen_set_pixels (self->seen, pixels, NN_DIGIT_SIZE, NN_DIGIT_SIZE, 1);
  pcn_session_predict (self->session, pixels, sizeof pixels);
}

/* The same input again: the model or the device is another. */
static void
predict_again (PcnTestPage *self)
{
  guint height, width, channels;
  const guint8 *seen = pcn_session_get_seen (self->session);

  if (is_drawing (self))
    predict_drawing (self);
  else if (seen && pcn_session_get_input (self->session, &height, &width, &channels))
    pcn_session_predict (self->session, seen, (gsize) height * width * channels);
}

static void
show_answer (PcnTestPage *self, const float *values, guint n)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  guint best;

  pcn_bars_rank (values, n, &best, 1);
  g_autofree char *name = pcn_format_title (classes[best]);
  g_autofree char *share = pcn_value_format (values[best], TRUE);
  /* Translators: how sure the network is of its answer, such as “98.7 % sure” */
  g_autofree char *sure = g_strdup_printf (_ ("%s sure"), share);
  gtk_label_set_label (self->answer, values[best] < UNSURE ? "?" : name);
  gtk_label_set_label (self->sureness, values[best] < UNSURE ? _ ("Not sure") : sure);
  if (g_utf8_strlen (name, -1) > 2)
    gtk_widget_add_css_class (GTK_WIDGET (self->answer), "long");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->answer), "long");
}

static void
on_predicted (PcnTestPage *self)
{
  guint n, height, width, channels;
  const float *values = pcn_session_get_prediction (self->session, &n);
  const guint8 *seen = pcn_session_get_seen (self->session);

  /* The answer to a drawing that was wiped meanwhile. */
  if (!values || (is_drawing (self) && pcn_canvas_get_empty (self->canvas)))
    return;
  if (!is_drawing (self) && seen && pcn_session_get_input (self->session, &height, &width, &channels))
    pcn_seen_set_pixels (self->seen, seen, height, width, channels);
  pcn_bars_set_values (self->bars, values, n);
  show_answer (self, values, n);
}

static void
show_input (PcnTestPage *self, gboolean draw)
{
  gtk_stack_set_visible_child_name (self->input, draw ? "draw" : "picture");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (draw ? self->draw_mode : self->picture_mode), TRUE);
}

static void
on_mode (PcnTestPage *self)
{
  gboolean draw = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->draw_mode));

  if (!self->session || draw == is_drawing (self))
    return;
  show_input (self, draw);
  show_nothing (self);
  predict_again (self);
}

static void
update_state (PcnTestPage *self)
{
  gboolean no_device;

  g_object_get (self->session, "no-device", &no_device, NULL);
  gtk_stack_set_visible_child_name (self->state, no_device                                   ? "no-device"
                                                 : pcn_session_get_classes (self->session) ? "test"
                                                                                           : "no-model");
}

static void
on_model_changed (PcnTestPage *self)
{
  gboolean digits = pcn_session_takes_digits (self->session);

  update_state (self);
  gtk_widget_set_visible (self->switcher, digits);
  pcn_bars_set_classes (self->bars, pcn_session_get_classes (self->session));
  show_nothing (self);
  gtk_stack_set_visible_child_name (self->photo_state, "empty");
  gtk_picture_set_paintable (self->photo, NULL);
  show_input (self, digits);
  predict_again (self);
}

static void
on_classify (PcnTestPage *self, GFile *file)
{
  gtk_picture_set_file (self->photo, file);
  gtk_stack_set_visible_child_name (self->photo_state, "filled");
  show_input (self, FALSE);
  show_nothing (self);
}

static void
on_picture_chosen (GtkNativeDialog *dialog, int response, PcnTestPage *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    pcn_session_classify_file (self->session, file);
  }
  g_object_unref (dialog);
}

static void
on_open_picture (PcnTestPage *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Open a Picture"), window, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_picture_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_clear (PcnTestPage *self)
{
  pcn_canvas_clear (self->canvas);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
on_undo (PcnTestPage *self)
{
  pcn_canvas_undo (self->canvas);
  if (pcn_canvas_get_empty (self->canvas))
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static gboolean
not (GObject *object, gboolean a)
{
  return !a;
}

static void
set_session (PcnTestPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "predicted", G_CALLBACK (on_predicted), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "classifying", G_CALLBACK (on_classify), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (predict_again), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::device", G_CALLBACK (predict_again), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::no-device", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
    update_state (self);
    if (pcn_session_get_classes (session))
      on_model_changed (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_test_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_TEST_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_test_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_TEST_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_test_page_dispose (GObject *object)
{
  g_clear_object (&PCN_TEST_PAGE (object)->session);
  G_OBJECT_CLASS (pcn_test_page_parent_class)->dispose (object);
}

static void
pcn_test_page_class_init (PcnTestPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_test_page_get_property;
  object_class->set_property = pcn_test_page_set_property;
  object_class->dispose = pcn_test_page_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_BARS);
  g_type_ensure (PCN_TYPE_CANVAS);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_NO_DEVICE);
  g_type_ensure (PCN_TYPE_SEEN);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/test-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, input);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, draw_mode);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, picture_mode);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, canvas);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, photo_state);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, photo);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, answer);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, sureness);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, bars);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, seen);
  gtk_widget_class_bind_template_callback (widget_class, predict_drawing);
  gtk_widget_class_bind_template_callback (widget_class, not);
  gtk_widget_class_bind_template_callback (widget_class, on_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_open_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
}

static void
pcn_test_page_init (PcnTestPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
