// The load of the TLS cases that are about many messages or connections: load.c over TLS, and handshakes.
//
// Usage: tls-load PORT echo CONNECTIONS SIZE WARM_MS [options]
//        tls-load PORT full CONNECTIONS WARM_MS [options]
//        tls-load PORT resumed CONNECTIONS WARM_MS [options]
//        tls-load PORT idle CONNECTIONS
//        options: [--seconds S | --messages M] [--pid SERVER] [--spin], as those of load
//
// echo:    one message in flight on each connection.
// full:    connections that shake hands, end with close_notify, wait for the server's, and for its FIN. So many at a time.
// resumed: the same, each with the session of a ticket; one that is not resumed is an error.
// idle:    opens connections, prints how many there are, and holds them until its standard input ends.

#define _GNU_SOURCE
#include <sys/epoll.h>
#include "tls-client.h"

struct conn {
  int fd;
  SSL *ssl;
  size_t sent, received; // echo
  int shaken; // handshakes
  uint64_t begun;
};

static struct sockaddr_in address;
static SSL_CTX *context;
static SSL_SESSION *ticket; // What handshakes resume; NULL for full ones.
static size_t size;
static char *message, *answer;
static int poller, wait_ms;

static void enrol(struct conn *c) {
  stop_blocking(c->fd);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

static void transmit(struct conn *c) {
  while (c->sent < size) {
    int n = SSL_write(c->ssl, message + c->sent, (int)(size - c->sent));
    if (n > 0) c->sent += (size_t)n;
    else if (waits(c->ssl, n)) return;
    else fail("the server closed a connection");
  }
}

// True when the whole echo is there.
static int receive(struct conn *c, int compare) {
  while (c->received < size) {
    int n = SSL_read(c->ssl, answer, (int)(size - c->received));
    if (n <= 0) {
      if (waits(c->ssl, n)) return 0;
      fail("the server closed a connection");
    }
    if (compare && memcmp(answer, message + c->received, (size_t)n) != 0) fail("the echo differs from the message");
    c->received += (size_t)n;
  }
  if (c->sent < size || SSL_pending(c->ssl) > 0) fail("the echo is longer than the message");
  return 1;
}

static void begin_message(struct conn *c, uint64_t now) {
  c->sent = c->received = 0;
  c->begun = now;
  transmit(c);
}

static int go_on_with_message(struct conn *c, int compare) {
  if (c->sent < size) transmit(c);
  if (c->received == size || !receive(c, compare)) return 0;
  record(now_ns() - c->begun);
  return 1;
}

static int go_on_with_handshake(struct conn *c, int compare) {
  (void)compare;
  if (!c->shaken) {
    int n = SSL_connect(c->ssl);
    if (n != 1) {
      if (waits(c->ssl, n)) return 0;
      fail("the server ended a handshake");
    }
    c->shaken = 1;
    record(now_ns() - c->begun);
    if (SSL_session_reused(c->ssl) != (ticket != NULL)) fail(ticket ? "a session was not resumed" : "a session was resumed");
    if (SSL_shutdown(c->ssl) < 0) fail_ssl("close_notify");
  }
  if (!(SSL_get_shutdown(c->ssl) & SSL_RECEIVED_SHUTDOWN)) {
    int n = SSL_read(c->ssl, answer, 1);
    if (n > 0) fail("the server sent something");
    if (waits(c->ssl, n)) return 0;
  }
  // The server is the first to close, so that no port of ours is left in TIME_WAIT.
  ssize_t n = recv(c->fd, answer, 1, 0);
  if (n > 0) fail("the server sent something behind close_notify");
  if (n < 0 && errno == EAGAIN) return 0;
  SSL_free(c->ssl);
  close(c->fd);
  c->ssl = NULL;
  return 1;
}

static void begin_handshake(struct conn *c, uint64_t now) {
  c->begun = now;
  c->shaken = 0;
  c->fd = dial(&address);
  if (c->fd < 0) die("socket");
  c->ssl = client_over(context, c->fd);
  if (ticket && SSL_set_session(c->ssl, ticket) != 1) fail_ssl("SSL_set_session");
  // It begins with the first event: there is room to write.
  enrol(c);
}

static void run(struct phase *p, struct conn *conns, size_t count, void (*begin)(struct conn *, uint64_t),
                int (*go_on)(struct conn *, int)) {
  static struct epoll_event events[BATCH];
  size_t flying = 0;
  uint64_t heard = now_ns();
  for (size_t i = 0; i < count && more(p, heard); i++, flying++) begin(&conns[i], now_ns());
  while (flying > 0) {
    int ready = epoll_wait(poller, events, BATCH, wait_ms);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    if (ready == 0 && now_ns() - heard > SILENCE_MS * 1000000ull) fail("nothing happened for ten seconds");
    for (int i = 0; i < ready; i++) {
      struct conn *c = events[i].data.ptr;
      if (!c->ssl || !go_on(c, p->compare)) continue;
      uint64_t now = heard = now_ns();
      p->done++;
      if (more(p, now)) begin(c, now);
      else flying--;
    }
  }
}

static void measure(struct conn *conns, size_t count, uint64_t warm_ms, const struct plan *plan,
                    void (*begin)(struct conn *, uint64_t), int (*go_on)(struct conn *, int)) {
  wait_ms = plan->wait_ms;
  struct phase warm = warm_phase(warm_ms);
  run(&warm, conns, count, begin, go_on);
  struct account account = begin_account(plan->pid);
  struct phase measured = measured_phase(plan, &account);
  run(&measured, conns, count, begin, go_on);
  end_account(&account, measured.done);
}

static void echo(size_t count, uint64_t warm_ms, const struct plan *plan) {
  struct conn *conns = calloc(count, sizeof *conns);
  message = malloc(size);
  answer = malloc(size);
  if (!conns || !message || !answer) die("malloc");
  for (size_t i = 0; i < size; i++) message[i] = (char)(i * 31 + i / 251);
  for (size_t i = 0; i < count; i++) {
    conns[i].ssl = connect_tls(context, &address);
    if (!conns[i].ssl) die("socket");
    conns[i].fd = SSL_get_fd(conns[i].ssl);
    conns[i].sent = conns[i].received = size; // Nothing in flight: an early event is of no interest.
    enrol(&conns[i]);
  }
  measure(conns, count, warm_ms, plan, begin_message, go_on_with_message);
  for (size_t i = 0; i < count; i++) SSL_shutdown(conns[i].ssl);
}

static void take_ticket(void) {
  SSL *ssl = connect_tls(context, &address);
  SSL_clear_mode(ssl, SSL_MODE_AUTO_RETRY); // So that SSL_read returns with the ticket, not with data.
  while (!newest) {
    int n = SSL_read(ssl, answer, 1);
    if (n > 0) fail("the server sent something");
    if (!waits(ssl, n)) fail("the server sent no ticket");
  }
  ticket = newest;
  SSL_SESSION_up_ref(ticket);
  // A context with a cache allows each ticket of TLS 1.3 one use.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_shutdown(ssl);
  close(SSL_get_fd(ssl));
  SSL_free(ssl);
}

static void shake_hands(int resumed, size_t count, uint64_t warm_ms, const struct plan *plan) {
  struct conn *conns = calloc(count, sizeof *conns);
  answer = malloc(1);
  if (!conns || !answer) die("malloc");
  if (resumed) take_ticket();
  measure(conns, count, warm_ms, plan, begin_handshake, go_on_with_handshake);
}

static void idle(size_t count) {
  size_t open = 0;
  while (open < count && connect_tls(context, &address)) open++;
  printf("%zu\n", open);
  fflush(stdout);
  hold();
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: tls-load PORT echo | full | resumed | idle CONNECTIONS …");
  alarm(300); // A silent server does not hold us for ever.
  raise_file_limit();
  address = loopback(argv[1]);
  context = client_context();
  poller = epoll_create1(EPOLL_CLOEXEC);
  size_t count = strtoul(argv[3], NULL, 10);
  const char *mode = argv[2];
  int echoes = strcmp(mode, "echo") == 0, resumed = strcmp(mode, "resumed") == 0;
  if (strcmp(mode, "idle") == 0) {
    idle(count);
    return 0;
  }
  if (!echoes && !resumed && strcmp(mode, "full") != 0) fail("unknown mode");
  if (count == 0 || argc < 5 + echoes) fail("too few arguments");
  struct plan plan = read_plan(argc, argv, 5 + echoes);
  uint64_t warm_ms = strtoull(argv[4 + echoes], NULL, 10);
  if (echoes) size = strtoul(argv[4], NULL, 10);
  if (echoes && size == 0) fail("at least one byte");
  if (echoes) echo(count, warm_ms, &plan);
  else shake_hands(resumed, count, warm_ms, &plan);
  return 0;
}
