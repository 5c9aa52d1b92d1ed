/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mailbox under several senders. Also run under ThreadSanitizer, so what threads share here is guarded by
 * pthreads. */
#include "base/mailbox.h"

#include <pthread.h>
#include <unistd.h>

#define N_SENDERS 3
#define N_POSTS 20000

typedef struct {
  int sender, number;
} Value;

typedef struct {
  NnMailbox *mailbox;
  int sender, n;
  int pause_us;
} Sender;

typedef struct {
  NnMailbox *mailbox;
  GMainLoop *loop;
  GThread *thread;
  int n, newest[N_SENDERS], close_after;
} Receiver;

static int n_alive; /* values; atomic */

static Value *
value_new (int sender, int number)
{
  Value *value = g_new (Value, 1);
  *value = (Value){ sender, number };
  __atomic_add_fetch (&n_alive, 1, __ATOMIC_SEQ_CST);
  return value;
}

static void
value_free (gpointer value)
{
  __atomic_sub_fetch (&n_alive, 1, __ATOMIC_SEQ_CST);
  g_free (value);
}

static void
assert_none_alive (void)
{
  g_assert_cmpint (__atomic_load_n (&n_alive, __ATOMIC_SEQ_CST), ==, 0);
}

static void
receive (gpointer value, gpointer data)
{
  Receiver *receiver = data;
  const Value *got = value;
  g_assert_true (g_thread_self () == receiver->thread);
  g_assert_cmpint (got->number, >=, receiver->newest[got->sender]);
  receiver->newest[got->sender] = got->number;
  receiver->n++;
  if (receiver->n == receiver->close_after)
    nn_mailbox_close (receiver->mailbox);
  if (got->number == N_POSTS && receiver->loop)
    g_main_loop_quit (receiver->loop);
}

static void *
send_all (void *data)
{
  Sender *sender = data;
  for (int i = 1; i <= sender->n; i++) {
    nn_mailbox_post (sender->mailbox, value_new (sender->sender, i));
    if (sender->pause_us)
      usleep ((useconds_t) sender->pause_us);
  }
  nn_mailbox_unref (sender->mailbox);
  return NULL;
}

static void
receiver_init (Receiver *receiver)
{
  *receiver = (Receiver){ .thread = g_thread_self () };
  receiver->mailbox = nn_mailbox_new (receive, receiver, value_free);
}

static void
iterate (GMainContext *context, gint64 milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;
  while (g_get_monotonic_time () < end) {
    g_main_context_iteration (context, FALSE);
    usleep (500);
  }
}

/* At most 60 a second, in the right thread and order, and the last one for certain. */
static void
test_newest (void)
{
  Receiver receiver;
  receiver_init (&receiver);
  receiver.loop = g_main_loop_new (NULL, FALSE);
  pthread_t thread;
  Sender sender = { nn_mailbox_ref (receiver.mailbox), 0, N_POSTS, 20 };
  gint64 start = g_get_monotonic_time ();
  pthread_create (&thread, NULL, send_all, &sender);
  g_main_loop_run (receiver.loop);
  double seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  pthread_join (thread, NULL);
  g_test_message ("%d of %d values in %.2f s", receiver.n, N_POSTS, seconds);
  g_assert_cmpint (receiver.newest[0], ==, N_POSTS);
  g_assert_cmpfloat (receiver.n, <=, seconds * 60 + 2);
  g_assert_cmpint (receiver.n, >=, 2);
  nn_mailbox_close (receiver.mailbox);
  nn_mailbox_unref (receiver.mailbox);
  g_main_loop_unref (receiver.loop);
  assert_none_alive ();
}

static void
test_senders (void)
{
  Receiver receiver;
  receiver_init (&receiver);
  pthread_t threads[N_SENDERS];
  Sender senders[N_SENDERS];
  for (int i = 0; i < N_SENDERS; i++) {
    senders[i] = (Sender){ nn_mailbox_ref (receiver.mailbox), i, N_POSTS, 0 };
    pthread_create (&threads[i], NULL, send_all, &senders[i]);
  }
  iterate (NULL, 50);
  for (int i = 0; i < N_SENDERS; i++)
    pthread_join (threads[i], NULL);
  iterate (NULL, 50);
  int last = MAX (receiver.newest[0], MAX (receiver.newest[1], receiver.newest[2]));
  g_assert_cmpint (last, ==, N_POSTS);
  nn_mailbox_close (receiver.mailbox);
  nn_mailbox_unref (receiver.mailbox);
  assert_none_alive ();
}

/* A context of the thread's own; nobody owns it while a value is posted from this very thread. */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  Receiver receiver;
  receiver_init (&receiver);
  nn_mailbox_post (receiver.mailbox, value_new (0, 1));
  g_assert_cmpint (receiver.n, ==, 0);
  iterate (NULL, 30);
  g_assert_cmpint (receiver.n, ==, 0);
  iterate (context, 30);
  g_assert_cmpint (receiver.n, ==, 1);
  nn_mailbox_post (receiver.mailbox, value_new (0, 2));
  nn_mailbox_post (receiver.mailbox, value_new (0, 3));
  iterate (context, 40);
  g_assert_cmpint (receiver.n, ==, 2);
  g_assert_cmpint (receiver.newest[0], ==, 3);
  g_main_context_pop_thread_default (context);
  nn_mailbox_close (receiver.mailbox);
  nn_mailbox_unref (receiver.mailbox);
  assert_none_alive ();
}

/* The receiver goes away: with a value pending, in its own callback, and while others go on sending. */
static void
test_close (void)
{
  Receiver receiver;
  receiver_init (&receiver);
  nn_mailbox_post (receiver.mailbox, value_new (0, 1));
  nn_mailbox_close (receiver.mailbox);
  assert_none_alive ();
  nn_mailbox_post (receiver.mailbox, value_new (0, 2));
  assert_none_alive ();
  iterate (NULL, 30);
  g_assert_cmpint (receiver.n, ==, 0);
  nn_mailbox_close (receiver.mailbox);
  nn_mailbox_unref (receiver.mailbox);

  receiver_init (&receiver);
  receiver.close_after = 2;
  pthread_t thread;
  Sender sender = { nn_mailbox_ref (receiver.mailbox), 0, 1000, 100 };
  pthread_create (&thread, NULL, send_all, &sender);
  for (int i = 0; i < 500 && receiver.n < 2; i++)
    iterate (NULL, 10);
  g_assert_cmpint (receiver.n, ==, 2);
  nn_mailbox_unref (receiver.mailbox);
  pthread_join (thread, NULL);
  iterate (NULL, 30);
  g_assert_cmpint (receiver.n, ==, 2);
  assert_none_alive ();
}

/* A wait delivers at once what the interval would hold back, and gives up when nothing comes. */
static void
test_wait (void)
{
  Receiver receiver;
  receiver_init (&receiver);
  g_assert_false (nn_mailbox_wait (receiver.mailbox, 1000));
  for (int i = 1; i <= 3; i++) {
    nn_mailbox_post (receiver.mailbox, value_new (0, i));
    g_assert_true (nn_mailbox_wait (receiver.mailbox, 0));
    g_assert_cmpint (receiver.n, ==, i);
    g_assert_cmpint (receiver.newest[0], ==, i);
  }
  pthread_t thread;
  Sender sender = { nn_mailbox_ref (receiver.mailbox), 1, 1, 0 };
  pthread_create (&thread, NULL, send_all, &sender);
  g_assert_true (nn_mailbox_wait (receiver.mailbox, 60 * G_USEC_PER_SEC));
  pthread_join (thread, NULL);
  g_assert_cmpint (receiver.newest[1], ==, 1);
  /* Nothing is left for the loop. */
  iterate (NULL, 40);
  g_assert_cmpint (receiver.n, ==, 4);
  nn_mailbox_close (receiver.mailbox);
  g_assert_false (nn_mailbox_wait (receiver.mailbox, 60 * G_USEC_PER_SEC));
  nn_mailbox_unref (receiver.mailbox);
  assert_none_alive ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/newest", test_newest);
  g_test_add_func ("/mailbox/senders", test_senders);
  g_test_add_func ("/mailbox/context", test_context);
  g_test_add_func ("/mailbox/close", test_close);
  g_test_add_func ("/mailbox/wait", test_wait);
  return g_test_run ();
}
