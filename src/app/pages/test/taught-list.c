/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/taught-list.h"
#include "messages.h"
#include "settings.h"

#include <glib/gi18n.h>

#define PICTURE_SIZE 40

struct _PcnTaughtList {
  AdwBin parent_instance;
  AdwPreferencesGroup *group;
  GtkListBox *list;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnTaughtList, pcn_taught_list, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static GdkTexture *
paint (PcnDrawing *drawing)
{
  guint8 ink[NN_DIGIT_SIZE * NN_DIGIT_SIZE], rgb[sizeof ink * 3];

  nn_strokes_render (pcn_drawing_get_strokes (drawing), NULL, ink);
  for (gsize i = 0; i < sizeof rgb; i++)
    rgb[i] = ink[i / 3];
  g_autoptr (GBytes) bytes = g_bytes_new (rgb, sizeof rgb);
  return gdk_memory_texture_new (NN_DIGIT_SIZE, NN_DIGIT_SIZE, GDK_MEMORY_R8G8B8, bytes,
                                 (gsize) NN_DIGIT_SIZE * 3);
}

static void
on_undo (PcnTeaching *teaching)
{
  pcn_teaching_undo (teaching);
}

static void
offer_undo (PcnTaughtList *self, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  if (!overlay)
    return;
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo),
                           pcn_session_get_teaching (self->session), G_CONNECT_SWAPPED);
  pcn_show_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static void
on_delete (GtkWidget *button, PcnTaughtList *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);

  pcn_teaching_remove (pcn_session_get_teaching (self->session),
                       (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
  offer_undo (self, _ ("Drawing deleted"));
}

static void
on_forget (PcnTaughtList *self)
{
  pcn_teaching_forget (pcn_session_get_teaching (self->session));
  offer_undo (self, _ ("What you taught is forgotten"));
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  PcnTaughtList *self = PCN_TAUGHT_LIST (data);
  PcnDrawing *drawing = PCN_DRAWING (item);
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autoptr (GdkTexture) texture = paint (drawing);
  GtkWidget *image = gtk_image_new_from_paintable (GDK_PAINTABLE (texture));
  /* Translators: %s is the name of a class, such as “8” */
  g_autofree char *name = g_strdup_printf (_ ("Delete the Drawing of “%s”"), pcn_drawing_get_label (drawing));

  gtk_image_set_pixel_size (GTK_IMAGE (image), PICTURE_SIZE);
  gtk_widget_add_css_class (image, "taught-picture");
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (image, GTK_OVERFLOW_HIDDEN);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), pcn_drawing_get_label (drawing));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Delete"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_delete), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
update (PcnTaughtList *self)
{
  guint n = 0;

  if (self->session)
    g_object_get (pcn_session_get_teaching (self->session), "n-drawings", &n, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  /* Translators: heading of a list of %u drawings that the network was taught */
  g_autofree char *title = g_strdup_printf (_ ("Taught Drawings (%u)"), n);
  adw_preferences_group_set_title (self->group, title);
}

static void
set_session (PcnTaughtList *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    PcnTeaching *teaching = pcn_session_get_teaching (session);
    g_signal_connect_object (teaching, "notify::n-drawings", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    gtk_list_box_bind_model (self->list, pcn_teaching_get_drawings (teaching), make_row, self, NULL);
  }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_taught_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_TAUGHT_LIST (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_taught_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_TAUGHT_LIST (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_taught_list_dispose (GObject *object)
{
  g_clear_object (&PCN_TAUGHT_LIST (object)->session);
  G_OBJECT_CLASS (pcn_taught_list_parent_class)->dispose (object);
}

static void
pcn_taught_list_class_init (PcnTaughtListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_taught_list_get_property;
  object_class->set_property = pcn_taught_list_set_property;
  object_class->dispose = pcn_taught_list_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/taught-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTaughtList, group);
  gtk_widget_class_bind_template_child (widget_class, PcnTaughtList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
pcn_taught_list_init (PcnTaughtList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
