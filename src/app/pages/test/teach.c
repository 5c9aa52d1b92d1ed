/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/teach.h"
#include "format.h"
#include "messages.h"
#include "settings.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

struct _PcnTeach {
  AdwBin parent_instance;
  GtkStack *state;
  GtkMenuButton *button;
  GtkPopover *popover;
  GtkFlowBox *classes;
  GtkProgressBar *progress;
  PcnSession *session;
  PcnCanvas *canvas;
};

G_DEFINE_FINAL_TYPE (PcnTeach, pcn_teach, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, PROP_CANVAS, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
on_undo (PcnTeaching *teaching)
{
  pcn_teaching_undo (teaching);
}

static void
show_kept (PcnTeach *self, const char *name)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  /* Translators: a drawing is kept as an example of the class %s, such as “8” */
  g_autofree char *text = g_strdup_printf (_ ("Kept as an example of “%s”"), name);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (!overlay)
    return;
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo),
                           pcn_session_get_teaching (self->session), G_CONNECT_SWAPPED);
  pcn_show_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static void
teach (PcnTeach *self, const char *name)
{
  gtk_popover_popdown (self->popover);
  if (pcn_canvas_get_empty (self->canvas))
    return;
  pcn_teaching_add (pcn_session_get_teaching (self->session), pcn_canvas_get_strokes (self->canvas), name);
  show_kept (self, name);
}

static void
on_class (PcnTeach *self, GtkFlowBoxChild *child)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  int index = gtk_flow_box_child_get_index (child);

  if (classes && (guint) index < g_strv_length ((char **) classes))
    teach (self, classes[index]);
}

/* The key of a digit chooses it. */
static gboolean
on_key (PcnTeach *self, guint key, guint code, GdkModifierType state)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  gunichar letter = gdk_keyval_to_unicode (key);

  for (guint i = 0; classes && classes[i]; i++)
    if (letter && g_utf8_get_char (classes[i]) == letter && !*g_utf8_next_char (classes[i])) {
      teach (self, classes[i]);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
fill_classes (PcnTeach *self)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->classes))))
    gtk_flow_box_remove (self->classes, child);
  for (guint i = 0; classes && classes[i]; i++) {
    GtkWidget *label = gtk_label_new (classes[i]);
    gtk_widget_add_css_class (label, "title-3");
    gtk_flow_box_append (self->classes, label);
    GtkWidget *cell = gtk_widget_get_parent (label);
    gtk_widget_add_css_class (cell, "card");
    gtk_widget_add_css_class (cell, "activatable");
    gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, classes[i], -1);
  }
}

static void
update (PcnTeach *self)
{
  gboolean can_teach = FALSE, waiting = FALSE, learning = FALSE;
  double fraction = 0;

  if (!self->session || !self->canvas)
    return;
  g_object_get (pcn_session_get_teaching (self->session), "can-teach", &can_teach, "waiting", &waiting,
                "learning", &learning, "fraction", &fraction, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), can_teach || learning);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), !pcn_canvas_get_empty (self->canvas));
  gtk_stack_set_visible_child_name (self->state, learning ? "learning" : "ask");
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button),
                               waiting ? _ ("What you taught is learnt when training has ended") : NULL);
}

static void
set_session (PcnTeach *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "model-changed", G_CALLBACK (fill_classes), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (pcn_session_get_teaching (session), "notify", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
    fill_classes (self);
  }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
set_canvas (PcnTeach *self, PcnCanvas *canvas)
{
  if (!g_set_object (&self->canvas, canvas))
    return;
  if (canvas)
    g_signal_connect_object (canvas, "notify::empty", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CANVAS]);
}

static void
pcn_teach_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnTeach *self = PCN_TEACH (object);

  if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else if (id == PROP_CANVAS)
    g_value_set_object (value, self->canvas);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_teach_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnTeach *self = PCN_TEACH (object);

  if (id == PROP_SESSION)
    set_session (self, g_value_get_object (value));
  else if (id == PROP_CANVAS)
    set_canvas (self, g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_teach_dispose (GObject *object)
{
  PcnTeach *self = PCN_TEACH (object);

  g_clear_object (&self->session);
  g_clear_object (&self->canvas);
  G_OBJECT_CLASS (pcn_teach_parent_class)->dispose (object);
}

static void
pcn_teach_class_init (PcnTeachClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_teach_get_property;
  object_class->set_property = pcn_teach_set_property;
  object_class->dispose = pcn_teach_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION, rw);
  props[PROP_CANVAS] = g_param_spec_object ("canvas", NULL, NULL, PCN_TYPE_CANVAS, rw);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/teach.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTeach, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTeach, button);
  gtk_widget_class_bind_template_child (widget_class, PcnTeach, popover);
  gtk_widget_class_bind_template_child (widget_class, PcnTeach, classes);
  gtk_widget_class_bind_template_child (widget_class, PcnTeach, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_class);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
}

static void
pcn_teach_init (PcnTeach *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
}
