/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of strokes: JSON, one drawing a line. A fault is told with the file, the line and the place in it. */
#include "data/strokes.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

void
nn_drawing_free (NnDrawing *self)
{
  if (self == NULL)
    return;
  g_free (self->label);
  nn_strokes_free (self->strokes);
  g_free (self);
}

/* json-glib descends by recursion: a million brackets would exhaust the stack before they are refused. */
static gboolean
is_shallow (const char *line)
{
  int depth = 0;
  gboolean quoted = FALSE;
  for (const char *c = line; *c != '\0'; c++) {
    if (quoted && *c == '\\' && c[1] != '\0')
      c++;
    else if (*c == '"')
      quoted = !quoted;
    else if (!quoted && (*c == '[' || *c == '{') && ++depth > 32)
      return FALSE;
    else if (!quoted && (*c == ']' || *c == '}'))
      depth--;
  }
  return TRUE;
}

static gboolean
bad (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
bad (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, what);
  return FALSE;
}

static gboolean
read_number (JsonNode *node, float *value)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  GType type = json_node_get_value_type (node);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *value = (float) json_node_get_double (node);
  return isfinite (*value);
}

static gboolean
read_point (JsonNode *node, NnStrokePoint *point)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  JsonArray *pair = json_node_get_array (node);
  return json_array_get_length (pair) >= 2 && read_number (json_array_get_element (pair, 0), &point->x)
         && read_number (json_array_get_element (pair, 1), &point->y);
}

static gboolean
read_strokes (JsonObject *object, NnStrokes *strokes, GError **error)
{
  JsonNode *node = json_object_get_member (object, "strokes");
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return bad (error, _ ("there is no array “strokes”"));
  JsonArray *list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *stroke = json_array_get_element (list, i);
    if (!JSON_NODE_HOLDS_ARRAY (stroke))
      return bad (error, _ ("stroke %u is not an array of points"), i + 1);
    JsonArray *points = json_node_get_array (stroke);
    nn_strokes_begin (strokes);
    for (guint j = 0; j < json_array_get_length (points); j++) {
      NnStrokePoint point;
      if (!read_point (json_array_get_element (points, j), &point))
        return bad (error, _ ("point %u of stroke %u is not two finite numbers [x, y]"), j + 1, i + 1);
      nn_strokes_append (strokes, point.x, point.y);
    }
  }
  return TRUE;
}

static gboolean
read_label (JsonObject *object, char **label, GError **error)
{
  JsonNode *node = json_object_get_member (object, "label");
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if (type == G_TYPE_STRING)
    *label = g_strdup (json_node_get_string (node));
  else if (type == G_TYPE_INT64)
    *label = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    return bad (error, _ ("the label is neither a string nor a whole number"));
  return TRUE;
}

static NnDrawing *
read_line (JsonParser *parser, const char *line, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (!g_utf8_validate (line, -1, NULL)) {
    bad (error, _ ("the text is not UTF-8"));
    return NULL;
  }
  if (!is_shallow (line)) {
    bad (error, _ ("the brackets are nested too deeply"));
    return NULL;
  }
  if (!json_parser_load_from_data (parser, line, -1, &local)) {
    bad (error, _ ("this is not JSON: %s"), local->message);
    return NULL;
  }
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    bad (error, _ ("this is not a JSON object"));
    return NULL;
  }
  g_autoptr (NnDrawing) drawing = g_new0 (NnDrawing, 1);
  drawing->strokes = nn_strokes_new ();
  JsonObject *object = json_node_get_object (root);
  if (!read_label (object, &drawing->label, error) || !read_strokes (object, drawing->strokes, error))
    return NULL;
  return g_steal_pointer (&drawing);
}

GPtrArray *
nn_strokes_load_jsonl (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length = 0;
  if (!g_file_get_contents (path, &text, &length, &local)) {
    bad (error, _ ("Could not read the strokes: %s."), local->message);
    return NULL;
  }
  g_autoptr (GPtrArray) drawings = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_drawing_free);
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint number = 0;
  for (char *line = text, *next; line < text + length; line = next) {
    char *end = memchr (line, '\n', (gsize) (text + length - line));
    next = end != NULL ? end + 1 : text + length;
    number++;
    if (memchr (line, '\0', (gsize) (next - line)) != NULL) {
      bad (error, _ ("“%s”, line %u: a NUL byte; this is not a text file."), name, number);
      return NULL;
    }
    if (end != NULL)
      *end = '\0';
    if (*g_strchug (line) == '\0')
      continue;
    NnDrawing *drawing = read_line (parser, line, &local);
    if (drawing == NULL) {
      bad (error, _ ("“%s”, line %u: %s. Expected {\"label\":\"7\",\"strokes\":[[[x,y],...],...]}."), name,
           number, local->message);
      return NULL;
    }
    drawing->line = number;
    g_ptr_array_add (drawings, drawing);
  }
  if (drawings->len == 0) {
    bad (error, _ ("“%s” has no drawings."), name);
    return NULL;
  }
  return g_steal_pointer (&drawings);
}

static void
append_number (GString *text, float value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.5g", (double) value));
}

static void
append_drawing (GString *text, const NnDrawing *drawing)
{
  g_autoptr (JsonNode) label = json_node_new (drawing->label ? JSON_NODE_VALUE : JSON_NODE_NULL);
  if (drawing->label)
    json_node_set_string (label, drawing->label);
  g_autofree char *quoted = json_to_string (label, FALSE);
  g_string_append_printf (text, "{\"label\":%s,\"strokes\":[", quoted);
  for (guint i = 0; i < nn_strokes_n_strokes (drawing->strokes); i++) {
    guint n;
    const NnStrokePoint *points = nn_strokes_points (drawing->strokes, i, &n);
    for (guint j = 0; j < n; j++) {
      g_string_append (text, j > 0 ? ",[" : i > 0 ? ",[[" : "[[");
      append_number (text, points[j].x);
      g_string_append_c (text, ',');
      append_number (text, points[j].y);
      g_string_append_c (text, ']');
    }
    g_string_append_c (text, ']');
  }
  g_string_append (text, "]}\n");
}

gboolean
nn_strokes_save_jsonl (const char *path, GPtrArray *drawings, GError **error)
{
  g_return_val_if_fail (path != NULL && drawings != NULL, FALSE);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < drawings->len; i++)
    append_drawing (text, drawings->pdata[i]);
  return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}
