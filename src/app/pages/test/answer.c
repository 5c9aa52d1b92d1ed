/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/answer.h"
#include "format.h"
#include "session/picture-loader.h"
#include "settings.h"
#include "widgets/bars.h"
#include "widgets/chart-scale.h"
#include "widgets/seen.h"

#include "train/preparation.h"

#include <glib/gi18n.h>

/* Below this share nothing is called an answer, unless the user has set another threshold. */
#define UNSURE 0.5

struct _PcnAnswer {
  AdwBin parent_instance;
  GtkLabel *answer, *sureness;
  PcnBars *bars;
  PcnSeen *seen;
  AdwBin *action;
  PcnSession *session;
  GCancellable *seeing; /* the pixels of a picture are on their way */
};

G_DEFINE_FINAL_TYPE (PcnAnswer, pcn_answer, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, PROP_ACTION, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
forget_seen (PcnAnswer *self)
{
  if (self->seeing)
    g_cancellable_cancel (self->seeing);
  g_clear_object (&self->seeing);
}

void
pcn_answer_clear (PcnAnswer *self)
{
  g_return_if_fail (PCN_IS_ANSWER (self));

  forget_seen (self);
  pcn_bars_set_classes (self->bars, self->session ? pcn_session_get_classes (self->session) : NULL);
  pcn_bars_set_values (self->bars, NULL, 0);
  gtk_label_set_label (self->answer, "");
  gtk_label_set_label (self->sureness, "");
  pcn_seen_set_pixels (self->seen, NULL, 0, 0, 1);
}

void
pcn_answer_set_seen (PcnAnswer *self, const guint8 *pixels)
{
  guint height, width, channels;

  g_return_if_fail (PCN_IS_ANSWER (self));

  if (pixels && pcn_session_get_input (self->session, &height, &width, &channels))
    pcn_seen_set_pixels (self->seen, pixels, height, width, channels);
  else
    pcn_seen_set_pixels (self->seen, NULL, 0, 0, 1);
}

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = pcn_picture_load_pixels_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  PcnAnswer *self = data;
  guint height, width, channels;
  g_clear_object (&self->seeing);
  if (pixels && pcn_session_get_input (self->session, &height, &width, &channels)
      && g_bytes_get_size (pixels) == (gsize) height * width * channels)
    pcn_answer_set_seen (self, g_bytes_get_data (pixels, NULL));
}

void
pcn_answer_see_picture (PcnAnswer *self, const char *path, NnModel *model)
{
  NnPixelSpec spec;

  g_return_if_fail (PCN_IS_ANSWER (self));

  forget_seen (self);
  if (!model || !nn_preparation_pixel_spec (model, &spec, NULL))
    return;
  self->seeing = g_cancellable_new ();
  pcn_picture_load_pixels_async (path, &spec, self->seeing, on_seen, self);
}

void
pcn_answer_set_values (PcnAnswer *self, const float *values, guint n)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  guint best;

  g_return_if_fail (PCN_IS_ANSWER (self));
  g_return_if_fail (values && classes && g_strv_length ((char **) classes) == n);

  pcn_bars_set_values (self->bars, values, n);
  pcn_bars_rank (values, n, &best, 1);
  g_autofree char *name = pcn_format_title (classes[best]);
  g_autofree char *share = pcn_value_format (values[best], TRUE);
  /* Translators: how sure the network is of its answer, such as “98.7 % sure” */
  g_autofree char *sure = g_strdup_printf (_ ("%s sure"), share);
  double threshold = pcn_trust_get_threshold (pcn_session_get_trust (self->session));
  gboolean unsure = (double) values[best] < (threshold > 0 ? threshold : UNSURE);
  gtk_label_set_label (self->answer, unsure ? "?" : name);
  gtk_label_set_label (self->sureness, unsure ? _ ("Not sure") : sure);
  if (g_utf8_strlen (name, -1) > 2)
    gtk_widget_add_css_class (GTK_WIDGET (self->answer), "long");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->answer), "long");
}

static void
set_session (PcnAnswer *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  pcn_answer_clear (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_answer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnAnswer *self = PCN_ANSWER (object);

  if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else if (id == PROP_ACTION)
    g_value_set_object (value, adw_bin_get_child (self->action));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_answer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnAnswer *self = PCN_ANSWER (object);

  if (id == PROP_SESSION)
    set_session (self, g_value_get_object (value));
  else if (id == PROP_ACTION)
    adw_bin_set_child (self->action, g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_answer_dispose (GObject *object)
{
  forget_seen (PCN_ANSWER (object));
  g_clear_object (&PCN_ANSWER (object)->session);
  G_OBJECT_CLASS (pcn_answer_parent_class)->dispose (object);
}

static void
pcn_answer_class_init (PcnAnswerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_answer_get_property;
  object_class->set_property = pcn_answer_set_property;
  object_class->dispose = pcn_answer_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION, rw);
  props[PROP_ACTION] = g_param_spec_object ("action", NULL, NULL, GTK_TYPE_WIDGET, rw);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_BARS);
  g_type_ensure (PCN_TYPE_SEEN);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/answer.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnAnswer, action);
  gtk_widget_class_bind_template_child (widget_class, PcnAnswer, answer);
  gtk_widget_class_bind_template_child (widget_class, PcnAnswer, sureness);
  gtk_widget_class_bind_template_child (widget_class, PcnAnswer, bars);
  gtk_widget_class_bind_template_child (widget_class, PcnAnswer, seen);
}

static void
pcn_answer_init (PcnAnswer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
