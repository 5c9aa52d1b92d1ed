/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/compiler-message.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* More than any program or binary of one has; a length beyond it is nonsense. */
#define LONGEST (1u << 30)

static gboolean
write_all (int fd, const void *data, gsize size)
{
  for (const char *at = data; size > 0;) {
    gssize n = write (fd, at, size);
    if (n < 0 && errno != EINTR)
      return FALSE;
    at += MAX (n, 0);
    size -= (gsize) MAX (n, 0);
  }
  return TRUE;
}

static gboolean
read_all (int fd, void *data, gsize size)
{
  for (char *at = data; size > 0;) {
    gssize n = read (fd, at, size);
    if (n == 0 || (n < 0 && errno != EINTR))
      return FALSE;
    at += MAX (n, 0);
    size -= (gsize) MAX (n, 0);
  }
  return TRUE;
}

static gboolean
wait_for_input (int fd, int seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  struct pollfd input = { .fd = fd, .events = POLLIN };
  for (gint64 left; (left = end - g_get_monotonic_time ()) > 0;) {
    int n = poll (&input, 1, (int) (left / 1000) + 1);
    if (n != 0 && !(n < 0 && errno == EINTR))
      return n > 0;
  }
  return FALSE;
}

gboolean
nn_compiler_message_write (int fd, GVariant *message)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (message);
  guint64 size = g_variant_get_size (sunk);
  return write_all (fd, &size, sizeof size) && write_all (fd, g_variant_get_data (sunk), size);
}

GVariant *
nn_compiler_message_read (int fd, const char *type, int seconds)
{
  guint64 size;
  if (!wait_for_input (fd, seconds) || !read_all (fd, &size, sizeof size) || size == 0 || size > LONGEST)
    return NULL;
  g_autofree guchar *data = g_try_malloc (size);
  if (data == NULL || !read_all (fd, data, size))
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
  return g_variant_is_normal_form (message) ? g_steal_pointer (&message) : NULL;
}
