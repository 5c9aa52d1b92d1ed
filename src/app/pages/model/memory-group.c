/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/memory-group.h"

#include "format.h"
#include "settings.h"

#include <glib/gi18n.h>

struct _PcnMemoryGroup {
  AdwPreferencesGroup parent_instance;
  GtkLabel *need;
  GtkLevelBar *level;
  AdwActionRow *largest;
  GtkWidget *use;
  PcnSession *session;
  guint n_largest;
};

G_DEFINE_FINAL_TYPE (PcnMemoryGroup, pcn_memory_group, ADW_TYPE_PREFERENCES_GROUP)

static void
update_largest (PcnMemoryGroup *self, gboolean known, guint batch)
{
  g_autofree char *count = pcn_format_count (self->n_largest), *text = NULL;

  if (!known)
    text = g_strdup ("–");
  else if (self->n_largest == 0)
    text = g_strdup (_ ("Not even one picture: choose another device, or fewer filters"));
  else
    text = g_strdup_printf (ngettext ("%s picture", "%s pictures", self->n_largest), count);
  adw_action_row_set_subtitle (self->largest, text);
  /* It is offered where the batch doesn't fit; a larger one isn't better. */
  gtk_widget_set_visible (self->use, known && self->n_largest > 0 && self->n_largest < batch);
}

static void
update (PcnMemoryGroup *self)
{
  NnDevice *device = pcn_session_get_device (self->session);
  guint64 memory = device ? nn_device_get_limits (device)->memory : 0;
  guint batch;
  guint64 bytes = pcn_session_estimate_memory (self->session, &batch, &self->n_largest);
  g_autofree char *need = pcn_format_memory (bytes), *have = pcn_format_memory (memory), *text = NULL;

  if (bytes == 0)
    text = g_strdup (_ ("Not known while a layer is wrong"));
  else if (memory == 0)
    /* Translators: how many pictures in a training step, and how much memory that takes */
    text = g_strdup_printf (_ ("A batch of %u takes about %s"), batch, need);
  else
    /* Translators: how many pictures in a training step, how much memory that takes, and how much there is */
    text = g_strdup_printf (_ ("A batch of %u takes about %s of %s"), batch, need, have);
  gtk_label_set_text (self->need, text);
  gtk_level_bar_set_value (self->level, memory > 0 ? CLAMP ((double) bytes / (double) memory, 0, 1) : 0);
  update_largest (self, bytes > 0 && memory > 0, batch);
}

static void
on_use (PcnMemoryGroup *self)
{
  g_object_set (self->session, "batch-size", (int) self->n_largest, NULL);
}

static void
pcn_memory_group_dispose (GObject *object)
{
  g_clear_object (&PCN_MEMORY_GROUP (object)->session);
  G_OBJECT_CLASS (pcn_memory_group_parent_class)->dispose (object);
}

static void
pcn_memory_group_class_init (PcnMemoryGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_memory_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/memory-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnMemoryGroup, need);
  gtk_widget_class_bind_template_child (widget_class, PcnMemoryGroup, level);
  gtk_widget_class_bind_template_child (widget_class, PcnMemoryGroup, largest);
  gtk_widget_class_bind_template_child (widget_class, PcnMemoryGroup, use);
  gtk_widget_class_bind_template_callback (widget_class, on_use);
}

static void
pcn_memory_group_init (PcnMemoryGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pcn_memory_group_set_session (PcnMemoryGroup *self, PcnSession *session)
{
  g_return_if_fail (PCN_IS_MEMORY_GROUP (self) && PCN_IS_SESSION (session));

  if (!g_set_object (&self->session, session))
    return;
  g_signal_connect_object (session, "notify::device", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::batch-size", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pcn_session_get_network (session), "checked", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
