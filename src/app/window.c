/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "messages.h"
#include "narrow.h"
#include "pages/data/data-page.h"
#include "pages/lazy-page.h"
#include "pages/model/model-page.h"
#include "pages/test/test-page.h"
#include "pages/train/train-page.h"
#include "recent-menu.h"
#include "settings.h"
#include "widgets/device-row.h"
#include "widgets/stack-shown.h"
#include "window-private.h"
#include "window-state.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (PcnWindow, pcn_window, ADW_TYPE_APPLICATION_WINDOW)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
on_notice (PcnWindow *self, const char *text)
{
  pcn_show_notice (self->toasts, text);
}

/* The dropdown follows the session: its model is the session's, and what isn't usable never stays selected. */
static void
update_device (PcnWindow *self)
{
  GListModel *devices = pcn_session_get_devices (self->session);
  NnDevice *device = pcn_session_get_device (self->session);
  guint selected = GTK_INVALID_LIST_POSITION;

  self->updating_device = TRUE;
  if (gtk_drop_down_get_model (self->devices) != devices)
    gtk_drop_down_set_model (self->devices, devices);
  for (guint i = 0; devices && i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (NnDevice) item = g_list_model_get_item (devices, i);
    if (item == device)
      selected = i;
  }
  gtk_drop_down_set_selected (self->devices, selected);
  gtk_widget_set_sensitive (GTK_WIDGET (self->devices), devices && g_list_model_get_n_items (devices) > 0);
  g_autofree char *text = device ? pcn_device_describe (device) : g_strdup (_ ("No device"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->devices), device ? nn_device_get_name (device) : text);
  /* After the tooltip, which becomes the description too. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->devices), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  self->updating_device = FALSE;
}

static void
on_device_selected (PcnWindow *self)
{
  NnDevice *device = gtk_drop_down_get_selected_item (self->devices);

  if (self->updating_device || !device)
    return;
  if (nn_device_get_unusable_reason (device))
    on_notice (self, nn_device_get_unusable_reason (device));
  else
    pcn_session_set_device (self->session, device);
  update_device (self);
}

void
pcn_window_show_step (PcnWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->steps, name);
}

void
pcn_window_open_files (PcnWindow *self, GFile *const *files, guint n_files)
{
  g_return_if_fail (PCN_IS_WINDOW (self));

  g_autofree char *name = n_files == 1 ? g_file_get_basename (files[0]) : NULL;
  g_autofree char *lower = name ? g_ascii_strdown (name, -1) : NULL;
  if (lower && g_str_has_suffix (lower, ".onnx")) {
    pcn_window_show_step (self, "test");
    pcn_session_open_model (self->session, files[0]);
  } else {
    pcn_window_show_step (self, "data");
    pcn_session_open (self->session, files, n_files);
  }
}

static gboolean
can_be_classified (GFile *file)
{
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE,
                           G_FILE_QUERY_INFO_NONE, NULL, NULL);
  const char *type
      = info ? g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE) : NULL;

  if (!info || g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    return info != NULL;
  return type && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR && g_content_type_is_mime_type (type, "image/*");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PcnWindow *self)
{
  GdkFileList *list = g_value_get_boxed (value);
  g_autoptr (GSList) files = list ? gdk_file_list_get_files (list) : NULL;
  const char *step = adw_view_stack_get_visible_child_name (self->steps);

  /* A drop isn't followed by a leave. */
  gtk_widget_set_visible (self->drop_hint, FALSE);
  if (!files)
    return FALSE;
  g_autoptr (GPtrArray) array = g_ptr_array_new ();
  for (GSList *l = files; l; l = l->next)
    g_ptr_array_add (array, l->data);
  /* Pictures and folders on the test page are to be classified; everything else is data, or a model. The first file says
   * what the others are: asking all of them takes a while. */
  if (g_strcmp0 (step, "test") == 0 && pcn_session_get_classes (self->session) && can_be_classified (files->data)) {
    pcn_classification_open (pcn_session_get_classification (self->session), (GFile *const *) array->pdata, array->len);
    return TRUE;
  }
  pcn_window_open_files (self, (GFile *const *) array->pdata, array->len);
  return TRUE;
}

static GdkDragAction
on_drag_enter (GtkDropTarget *target, double x, double y, PcnWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
on_drag_leave (PcnWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, FALSE);
}

static gboolean
pcn_window_close_request (GtkWindow *window)
{
  pcn_window_state_save (window);
  return GTK_WINDOW_CLASS (pcn_window_parent_class)->close_request (window);
}

/* Pages that aren't shown yet are built one at a time, while there is nothing else to do. */
static gboolean
build_next_page (gpointer data)
{
  PcnWindow *self = PCN_WINDOW (data);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->steps)); child;
       child = gtk_widget_get_next_sibling (child))
    if (!pcn_lazy_page_is_built (PCN_LAZY_PAGE (child))) {
      pcn_lazy_page_build (PCN_LAZY_PAGE (child));
      return G_SOURCE_CONTINUE;
    }
  self->build_source = 0;
  return G_SOURCE_REMOVE;
}

static void
on_first_frame (GdkFrameClock *clock, PcnWindow *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_frame, self);
  self->build_source = g_idle_add_full (G_PRIORITY_LOW, build_next_page, self, NULL);
}

static void
pcn_window_map (GtkWidget *widget)
{
  PcnWindow *self = PCN_WINDOW (widget);

  GTK_WIDGET_CLASS (pcn_window_parent_class)->map (widget);
  if (!self->build_source)
    g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint", G_CALLBACK (on_first_frame), self, 0);
}

static void
on_step_shown (PcnWindow *self)
{
  GtkWidget *shown = adw_view_stack_get_visible_child (self->steps);

  /* Before it is measured. */
  if (shown && self->session)
    pcn_lazy_page_build (PCN_LAZY_PAGE (shown));
}

static void
pcn_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_WINDOW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_window_dispose (GObject *object)
{
  PcnWindow *self = PCN_WINDOW (object);

  g_clear_handle_id (&self->build_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (pcn_window_parent_class)->dispose (object);
}

static void
pcn_window_class_init (PcnWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_window_get_property;
  object_class->dispose = pcn_window_dispose;
  widget_class->map = pcn_window_map;
  GTK_WINDOW_CLASS (klass)->close_request = pcn_window_close_request;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_LAZY_PAGE);
  g_type_ensure (PCN_TYPE_DATA_PAGE);
  g_type_ensure (PCN_TYPE_MODEL_PAGE);
  g_type_ensure (PCN_TYPE_TRAIN_PAGE);
  g_type_ensure (PCN_TYPE_TEST_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, devices);
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, PcnWindow, open_section);
  gtk_widget_class_bind_template_callback (widget_class, on_device_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_step_shown);
  pcn_window_install_actions (widget_class);
}

static void
pcn_window_init (PcnWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->steps));
  pcn_device_row_setup_drop_down (self->devices);
  pcn_narrow_follow (GTK_WINDOW (self), self->devices, self->open_button);

  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_drag_enter), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (on_drag_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  if (PERCEPTRON_DEVEL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");
}

PcnWindow *
pcn_window_new (PcnApplication *app, PcnSession *session, GSettings *settings)
{
  PcnWindow *self = g_object_new (PCN_TYPE_WINDOW, "application", app, NULL);

  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  pcn_window_state_follow (GTK_WINDOW (self), self->steps, settings);
  pcn_recent_menu_attach (self->open_section, settings);
  const struct {
    const char *signal;
    GCallback callback;
  } links[] = { { "problem", G_CALLBACK (pcn_show_problem) },
                { "notice", G_CALLBACK (on_notice) },
                { "notify::devices", G_CALLBACK (update_device) },
                { "notify::device", G_CALLBACK (update_device) },
                { "notify::can-start", G_CALLBACK (pcn_window_update_actions) },
                { "notify::has-model", G_CALLBACK (pcn_window_update_actions) } };
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    g_signal_connect_object (session, links[i].signal, links[i].callback, self, G_CONNECT_SWAPPED);
  update_device (self);
  pcn_window_update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
  on_step_shown (self);
  return self;
}
