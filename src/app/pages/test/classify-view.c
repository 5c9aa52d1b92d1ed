/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/classify-view.h"
#include "pages/test/answer.h"
#include "settings.h"
#include "widgets/columns.h"

#include <glib/gi18n.h>

struct _PcnClassifyView {
  AdwBin parent_instance;
  GtkStack *photo_state;
  GtkPicture *photo;
  PcnAnswer *answer;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnClassifyView, pcn_classify_view, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* Asks only while the view is shown: other views ask the same model. */
static void
predict (PcnClassifyView *self)
{
  guint height, width, channels;
  const guint8 *seen = pcn_session_get_seen (self->session);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (seen && pcn_session_get_input (self->session, &height, &width, &channels))
    pcn_session_predict (self->session, seen, (gsize) height * width * channels);
  else
    pcn_session_forget_prediction (self->session);
}

static void
on_predicted (PcnClassifyView *self)
{
  guint n;
  const float *values = pcn_session_get_prediction (self->session, &n);

  if (!values || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  pcn_answer_set_seen (self->answer, pcn_session_get_seen (self->session));
  pcn_answer_set_values (self->answer, values, n);
}

static void
on_model_changed (PcnClassifyView *self)
{
  pcn_answer_clear (self->answer);
  gtk_stack_set_visible_child_name (self->photo_state, "empty");
  gtk_picture_set_paintable (self->photo, NULL);
}

static void
on_classifying (PcnClassifyView *self, GFile *file)
{
  gtk_picture_set_file (self->photo, file);
  gtk_stack_set_visible_child_name (self->photo_state, "filled");
  pcn_answer_clear (self->answer);
}

static void
on_picture_chosen (GtkNativeDialog *dialog, int response, PcnClassifyView *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    pcn_session_classify_file (self->session, file);
  }
  g_object_unref (dialog);
}

static void
on_open_picture (PcnClassifyView *self)
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
set_session (PcnClassifyView *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "predicted", G_CALLBACK (on_predicted), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "classifying", G_CALLBACK (on_classifying), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (predict), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::device", G_CALLBACK (predict), self, G_CONNECT_SWAPPED);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_classify_view_map (GtkWidget *widget)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (widget);

  GTK_WIDGET_CLASS (pcn_classify_view_parent_class)->map (widget);
  if (self->session) {
    pcn_session_forget_prediction (self->session);
    predict (self);
  }
}

static void
pcn_classify_view_unmap (GtkWidget *widget)
{
  pcn_answer_clear (PCN_CLASSIFY_VIEW (widget)->answer);
  GTK_WIDGET_CLASS (pcn_classify_view_parent_class)->unmap (widget);
}

static void
pcn_classify_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_CLASSIFY_VIEW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_classify_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_CLASSIFY_VIEW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_classify_view_dispose (GObject *object)
{
  g_clear_object (&PCN_CLASSIFY_VIEW (object)->session);
  G_OBJECT_CLASS (pcn_classify_view_parent_class)->dispose (object);
}

static void
pcn_classify_view_class_init (PcnClassifyViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_classify_view_get_property;
  object_class->set_property = pcn_classify_view_set_property;
  object_class->dispose = pcn_classify_view_dispose;
  widget_class->map = pcn_classify_view_map;
  widget_class->unmap = pcn_classify_view_unmap;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_ANSWER);
  g_type_ensure (PCN_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/classify-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, photo_state);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, photo);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, answer);
  gtk_widget_class_bind_template_callback (widget_class, on_open_picture);
}

static void
pcn_classify_view_init (PcnClassifyView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
