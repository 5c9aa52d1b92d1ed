/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "net/graph.h"
#include "pages/data/preview.h"
#include "session/sample-list.h"
#include "session/sample-look.h"
#include "settings.h"
#include "widgets/columns.h"
#include "widgets/seen.h"
#include "widgets/stack-shown.h"
#include "widgets/swatch.h"

#include <glib/gi18n.h>

struct _PcnPreview {
  AdwWindow parent_instance;
  AdwWindowTitle *title;
  GtkPicture *picture;
  GtkStack *state;
  GtkLabel *class_name, *split, *dimensions, *bytes, *input_size, *error;
  GtkWidget *swatch, *bytes_row, *varied_group, *previous, *next, *restore, *exclude;
  GtkFlowBox *variants;
  PcnSeen *plain;
  PcnSession *session;
  GListModel *samples;
  guint position;
  guint32 seed;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PcnPreview, pcn_preview, ADW_TYPE_WINDOW)

static const char *
split_title (NnSplit split)
{
  switch (split) {
  case NN_SPLIT_TRAIN:
    return _ ("Learnt from");
  case NN_SPLIT_VAL:
    return _ ("Checked with during training");
  case NN_SPLIT_TEST:
    return _ ("Kept for the test");
  case NN_SPLIT_ALL:
  default:
    return "";
  }
}

static void
describe_seen (PcnSeen *seen, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (seen), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
show_variants (PcnPreview *self, const PcnSampleLook *look)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->variants));
  gboolean any = FALSE;

  for (guint i = 0; i < PCN_LOOK_VARIANTS && child; i++, child = gtk_widget_get_next_sibling (child)) {
    PcnSeen *seen = PCN_SEEN (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child)));
    pcn_seen_set_pixels (seen, look->varied[i], look->input.dims[0], look->input.dims[1],
                         look->input.dims[2]);
    any |= look->varied[i] != NULL;
  }
  gtk_widget_set_visible (self->varied_group, any);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnPreview) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PcnSampleLook) look = pcn_sample_look_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->session)
    return;
  gtk_stack_set_visible_child_name (self->state, look ? "picture" : "error");
  if (!look) {
    gtk_label_set_label (self->error, error->message);
    gtk_widget_set_visible (self->varied_group, FALSE);
    pcn_seen_set_pixels (self->plain, NULL, 0, 0, 1);
    return;
  }
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (look->texture));
  /* Translators: width and height of a picture in pixels */
  g_autofree char *dimensions = g_strdup_printf (_ ("%u × %u"), look->width, look->height);
  g_autofree char *bytes = g_format_size (look->bytes);
  g_autofree char *input = g_strdup_printf (_ ("%u × %u"), look->input.dims[1], look->input.dims[0]);
  gtk_label_set_label (self->dimensions, dimensions);
  gtk_label_set_label (self->bytes, bytes);
  gtk_widget_set_visible (self->bytes_row, look->bytes > 0);
  gtk_label_set_label (self->input_size, input);
  pcn_seen_set_pixels (self->plain, look->plain, look->input.dims[0], look->input.dims[1],
                       look->input.dims[2]);
  show_variants (self, look);
}

static gboolean
is_pretrained (PcnPreview *self)
{
  return pcn_network_get_pretrained (pcn_session_get_network (self->session)) != NULL;
}

static gboolean
get_input (PcnPreview *self, NnDataset *dataset, NnShape *input)
{
  guint height, width, channels;

  if (!is_pretrained (self) && nn_dataset_get_size (dataset, &height, &width, &channels)) {
    *input = NN_SHAPE (height, width, channels);
    return TRUE;
  }
  return nn_preset_input (pcn_session_get_preset (self->session), input, NULL);
}

static void
look (PcnPreview *self)
{
  g_autoptr (PcnSample) sample = g_list_model_get_item (self->samples, self->position);
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  NnShape input;

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (sample && dataset && get_input (self, dataset, &input))
    pcn_sample_look_async (dataset, pcn_sample_get_index (sample), &input, is_pretrained (self),
                           pcn_session_get_augment (self->session), self->seed, self->cancellable, on_looked,
                           g_object_ref (self));
}

static void
show_facts (PcnPreview *self)
{
  g_autoptr (PcnSample) sample = g_list_model_get_item (self->samples, self->position);
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  guint n = g_list_model_get_n_items (self->samples);
  NnSample it;

  pcn_sample_describe (sample, &it);
  g_autofree char *base = g_path_get_basename (it.name), *name = pcn_format_title (base);
  g_autofree char *class_name = pcn_format_title (nn_dataset_get_class_name (dataset, it.class_index));
  /* Translators: the place of a picture among many: 3 of 40 */
  g_autofree char *place = g_strdup_printf (_ ("%'u of %'u"), self->position + 1, n);
  adw_window_title_set_title (self->title, name);
  adw_window_title_set_subtitle (self->title, place);
  gtk_window_set_title (GTK_WINDOW (self), name);
  gtk_label_set_label (self->class_name, class_name);
  g_object_set (self->swatch, "class-index", (int) it.class_index, NULL);
  gtk_label_set_label (self->split, it.excluded ? _ ("Excluded") : split_title (it.split));
  gtk_widget_set_visible (self->restore, it.excluded);
  gtk_widget_set_visible (self->exclude, !it.excluded);
  gtk_widget_set_sensitive (self->previous, self->position > 0);
  gtk_widget_set_sensitive (self->next, self->position + 1 < n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
go (PcnPreview *self, int step)
{
  guint n = g_list_model_get_n_items (self->samples);

  if (n == 0) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  gint64 to = CLAMP ((gint64) self->position + step, 0, (gint64) n - 1);
  if (step != 0 && to == (gint64) self->position)
    return;
  self->position = (guint) to;
  show_facts (self);
  look (self);
}

static void
on_previous (PcnPreview *self)
{
  go (self, -1);
}

static void
on_next (PcnPreview *self)
{
  go (self, 1);
}

static void
on_shuffle (PcnPreview *self)
{
  self->seed++;
  look (self);
}

static void
set_excluded (PcnPreview *self, gboolean excluded)
{
  g_autoptr (PcnSample) sample = g_list_model_get_item (self->samples, self->position);
  PcnEdits *edits = pcn_session_get_edits (self->session);
  guint32 index = sample ? pcn_sample_get_index (sample) : 0;

  if (!sample)
    return;
  if (excluded)
    pcn_edits_exclude (edits, &index, 1);
  else
    pcn_edits_restore (edits, &index, 1);
}

static void
on_exclude (PcnPreview *self)
{
  set_excluded (self, TRUE);
}

static void
on_restore (PcnPreview *self)
{
  set_excluded (self, FALSE);
}

/* In front of buttons and lists, for which arrows move the focus. */
static gboolean
on_key (PcnPreview *self, guint key, guint code, GdkModifierType state)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  if (state & GDK_CONTROL_MASK && (key == GDK_KEY_z || key == GDK_KEY_Z)) {
    PcnEdits *edits = pcn_session_get_edits (self->session);
    if (state & GDK_SHIFT_MASK)
      pcn_edits_redo (edits);
    else
      pcn_edits_undo (edits);
    return TRUE;
  }
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  switch (key) {
  case GDK_KEY_Left:
    go (self, mirrored ? 1 : -1);
    return TRUE;
  case GDK_KEY_Right:
    go (self, mirrored ? -1 : 1);
    return TRUE;
  case GDK_KEY_Page_Up:
    go (self, -1);
    return TRUE;
  case GDK_KEY_Page_Down:
    go (self, 1);
    return TRUE;
  case GDK_KEY_Delete:
    set_excluded (self, gtk_widget_get_visible (self->exclude));
    return TRUE;
  case GDK_KEY_Escape:
    gtk_window_close (GTK_WINDOW (self));
    return TRUE;
  default:
    return FALSE;
  }
}

/* The one that is shown may be gone: then the next one takes its place. */
static void
on_samples_changed (PcnPreview *self)
{
  go (self, 0);
}

static void
pcn_preview_dispose (GObject *object)
{
  PcnPreview *self = PCN_PREVIEW (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->samples);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_preview_parent_class)->dispose (object);
}

static void
pcn_preview_class_init (PcnPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_preview_dispose;
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_SEEN);
  g_type_ensure (PCN_TYPE_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/preview.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, title);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, picture);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, state);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, class_name);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, split);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, dimensions);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, bytes);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, input_size);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, error);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, swatch);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, bytes_row);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, varied_group);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, previous);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, next);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, restore);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, exclude);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, variants);
  gtk_widget_class_bind_template_child (widget_class, PcnPreview, plain);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_shuffle);
  gtk_widget_class_bind_template_callback (widget_class, on_exclude);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
}

static void
pcn_preview_init (PcnPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  self->seed = 1;
  describe_seen (self->plain, _ ("As the Network Sees It"));
  for (guint i = 0; i < PCN_LOOK_VARIANTS; i++) {
    GtkWidget *seen = g_object_new (PCN_TYPE_SEEN, "width-request", 112, "height-request", 112, "halign",
                                    GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, NULL);
    /* Translators: one of a row of pictures, with its number */
    g_autofree char *label = g_strdup_printf (_ ("Varied, %u"), i + 1);
    describe_seen (PCN_SEEN (seen), label);
    gtk_flow_box_insert (self->variants, seen, -1);
    gtk_widget_set_focusable (gtk_widget_get_parent (seen), FALSE);
  }
}

PcnPreview *
pcn_preview_new (PcnSession *session, GListModel *samples, guint position)
{
  g_return_val_if_fail (PCN_IS_SESSION (session) && G_IS_LIST_MODEL (samples), NULL);

  PcnPreview *self = g_object_new (PCN_TYPE_PREVIEW, NULL);
  self->session = g_object_ref (session);
  self->samples = g_object_ref (samples);
  self->position = position;
  /* The facts of the sample, and with the list which one it is, follow the edits. */
  g_signal_connect_object (session, "data-changed", G_CALLBACK (on_samples_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  go (self, 0);
  return self;
}
