/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines tell beforehand which tests there will be, so that the one at which a driver crashes can be
 * named. */
#include "config.h"

#include "session/self-test-private.h"

#include <glib/gi18n.h>

struct _PcnSelfTest {
  GObject parent_instance;
  PcnTestState state;
  GListStore *families;
  GPtrArray *names;  /* of tests, in the order in which they come */
  GPtrArray *owners; /* the family of each; belongs to the store */
  guint n_done, n_passed;
  double seconds;
  gboolean ended;
  char *problem;
};

G_DEFINE_FINAL_TYPE (PcnSelfTest, pcn_self_test, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_ACTIVE, PROP_FRACTION, PROP_SUMMARY, PROP_FAMILIES, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
changed (PcnSelfTest *self)
{
  for (guint i = PROP_STATE; i < PROP_FAMILIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static char *
summarise (PcnSelfTest *self)
{
  guint n = self->names->len;

  switch (self->state) {
  case PCN_TEST_WAITING:
    return g_strdup (_ ("Waiting for its turn…"));
  case PCN_TEST_RUNNING:
    if (n == 0)
      return g_strdup (_ ("Opening the device…"));
    /* Translators: which test of how many is under way */
    return g_strdup_printf (_ ("Test %u of %u…"), MIN (self->n_done + 1, n), n);
  case PCN_TEST_PASSED:
    /* Translators: the number of tests, and seconds */
    return g_strdup_printf (ngettext ("%u test passed in %.0f s", "All %u tests passed in %.0f s", n), n,
                            self->seconds);
  case PCN_TEST_FAILED:
    if (self->problem)
      return g_strdup (self->problem);
    return g_strdup_printf (_ ("%u of %u tests failed: don’t trust what this device computes."),
                            self->n_done - self->n_passed, self->n_done);
  case PCN_TEST_CRASHED:
    if (self->n_done < n)
      /* Translators: a sentence on the crash, and the test during which it came */
      return g_strdup_printf (_ ("%s It was at “%s”."), self->problem,
                              (char *) g_ptr_array_index (self->names, self->n_done));
    return g_strdup (self->problem);
  case PCN_TEST_CANCELLED:
    return g_strdup_printf (_ ("Stopped after %u of %u tests"), self->n_done, n);
  case PCN_TEST_NONE:
  default:
    return g_strdup (_ ("Compares every kernel with a reference on the processor"));
  }
}

PcnTestState
pcn_self_test_get_state (PcnSelfTest *self)
{
  g_return_val_if_fail (PCN_IS_SELF_TEST (self), PCN_TEST_NONE);
  return self->state;
}

GListModel *
pcn_self_test_get_families (PcnSelfTest *self)
{
  g_return_val_if_fail (PCN_IS_SELF_TEST (self), NULL);
  return G_LIST_MODEL (self->families);
}

void
pcn_self_test_begin (PcnSelfTest *self, PcnTestState state)
{
  g_return_if_fail (PCN_IS_SELF_TEST (self));
  g_return_if_fail (state == PCN_TEST_WAITING || state == PCN_TEST_RUNNING);

  g_ptr_array_set_size (self->names, 0);
  g_ptr_array_set_size (self->owners, 0);
  g_list_store_remove_all (self->families);
  g_clear_pointer (&self->problem, g_free);
  self->n_done = self->n_passed = 0;
  self->seconds = 0;
  self->ended = FALSE;
  self->state = state;
  changed (self);
}

static PcnFamily *
find_family (PcnSelfTest *self, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->families)); i++) {
    g_autoptr (PcnFamily) family = g_list_model_get_item (G_LIST_MODEL (self->families), i);
    if (g_strcmp0 (family->id, id) == 0)
      return family; /* the store holds it */
  }
  g_autoptr (PcnFamily) family = g_object_new (PCN_TYPE_FAMILY, NULL);
  family->id = g_strdup (id);
  g_list_store_append (self->families, family);
  return family;
}

static void
take_start (PcnSelfTest *self, JsonObject *line)
{
  JsonArray *tests
      = json_object_has_member (line, "tests") ? json_object_get_array_member (line, "tests") : NULL;

  for (guint i = 0; tests && i < json_array_get_length (tests); i++) {
    JsonObject *test = json_array_get_object_element (tests, i);
    PcnFamily *family = find_family (self, json_object_get_string_member_with_default (test, "family", "?"));
    family->n++;
    g_ptr_array_add (self->names, g_strdup (json_object_get_string_member_with_default (test, "name", "?")));
    g_ptr_array_add (self->owners, family);
  }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->families)); i++) {
    g_autoptr (PcnFamily) family = g_list_model_get_item (G_LIST_MODEL (self->families), i);
    pcn_family_changed (family);
  }
}

static void
take_result (PcnSelfTest *self, JsonObject *line)
{
  if (self->n_done >= self->names->len)
    return;
  PcnFamily *family = g_ptr_array_index (self->owners, self->n_done);
  const char *name = g_ptr_array_index (self->names, self->n_done);
  gboolean passed = json_object_get_boolean_member_with_default (line, "passed", FALSE);
  double seconds = json_object_get_double_member_with_default (line, "seconds", 0);

  self->n_done++;
  self->n_passed += passed;
  self->seconds += seconds;
  family->n_done++;
  family->n_passed += passed;
  family->seconds += seconds;
  if (!passed)
    pcn_family_add_failure (family, name, line);
  pcn_family_changed (family);
}

void
pcn_self_test_take (PcnSelfTest *self, JsonObject *line)
{
  g_return_if_fail (PCN_IS_SELF_TEST (self));

  const char *event = json_object_get_string_member_with_default (line, "event", "");
  if (g_str_equal (event, "start"))
    take_start (self, line);
  else if (g_str_equal (event, "result"))
    take_result (self, line);
  else if (g_str_equal (event, "end"))
    self->ended = TRUE;
  changed (self);
}

void
pcn_self_test_end (PcnSelfTest *self, const char *problem, gboolean crashed)
{
  g_return_if_fail (PCN_IS_SELF_TEST (self));

  /* After the end only what the program says of failed tests can come, and their rows say more. */
  gboolean complete = self->ended && !crashed && self->n_done == self->names->len;
  if (crashed && self->n_done < self->owners->len) {
    PcnFamily *family = g_ptr_array_index (self->owners, self->n_done);
    family->crashed = TRUE;
    pcn_family_changed (family);
  }
  if (!complete) {
    g_free (self->problem);
    self->problem = g_strdup (problem);
  }
  if (crashed)
    self->state = PCN_TEST_CRASHED;
  else if (!complete && !problem)
    self->state = PCN_TEST_CANCELLED;
  else
    self->state = complete && self->n_passed == self->n_done ? PCN_TEST_PASSED : PCN_TEST_FAILED;
  changed (self);
}

static void
pcn_self_test_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnSelfTest *self = PCN_SELF_TEST (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_int (value, (int) self->state);
    break;
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->state == PCN_TEST_WAITING || self->state == PCN_TEST_RUNNING);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->names->len > 0 ? (double) self->n_done / self->names->len : 0);
    break;
  case PROP_SUMMARY:
    g_value_take_string (value, summarise (self));
    break;
  case PROP_FAMILIES:
    g_value_set_object (value, self->families);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_self_test_finalize (GObject *object)
{
  PcnSelfTest *self = PCN_SELF_TEST (object);

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->owners);
  g_object_unref (self->families);
  g_free (self->problem);
  G_OBJECT_CLASS (pcn_self_test_parent_class)->finalize (object);
}

static void
pcn_self_test_class_init (PcnSelfTestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_self_test_get_property;
  object_class->finalize = pcn_self_test_finalize;
  props[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, PCN_TEST_NONE, PCN_TEST_CANCELLED, PCN_TEST_NONE, ro);
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, ro);
  props[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, ro);
  props[PROP_FAMILIES] = g_param_spec_object ("families", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_self_test_init (PcnSelfTest *self)
{
  self->families = g_list_store_new (PCN_TYPE_FAMILY);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->owners = g_ptr_array_new ();
}

PcnSelfTest *
pcn_self_test_new (void)
{
  return g_object_new (PCN_TYPE_SELF_TEST, NULL);
}
