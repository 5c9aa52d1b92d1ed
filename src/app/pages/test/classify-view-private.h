/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pages/test/answer.h"
#include "pages/test/classify-save.h"
#include "pages/test/classify-view.h"
#include "widgets/photo.h"

G_BEGIN_DECLS

/* Shared by classify-view.c and classify-actions.c. */
struct _PcnClassifyView {
  AdwBin parent_instance;
  GtkStack *state, *outcome;
  GtkEditable *search;
  GtkDropDown *class_filter, *sure_filter;
  GtkLabel *count, *photo_name;
  GtkRevealer *progress_revealer;
  GtkProgressBar *progress;
  AdwLeaflet *leaflet;
  GtkWidget *table_pane, *picture_pane, *photo_card, *back;
  GtkColumnView *table;
  GtkColumnViewColumn *name_column, *class_column, *probability_column;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
  PcnPhoto *photo;
  PcnAnswer *answer;
  AdwStatusPage *unreadable;
  PcnSession *session;
  PcnClassification *classification;
  gboolean updating;
  PcnZipJob *zip; /* on its way, or NULL */
  guint zip_source;
};

/** pcn_classify_view_update_progress: shows how far reading, classifying or saving is, and what can be done now */
void pcn_classify_view_update_progress (PcnClassifyView *self);

/** pcn_classify_view_install_actions: what its buttons and menus do */
void pcn_classify_view_install_actions (GtkWidgetClass *klass);

G_END_DECLS
