// The load: connections that each keep one message in flight against an echo server on this host, on one
// edge-triggered epoll. It measures the server from outside: messages, latency, and the processor time that the
// server's process (all its threads) spent between two moments at which nothing was in flight.
//
// Usage: load PORT echo CONNECTIONS SIZE WARM_MS [--seconds S | --messages M] [--pid SERVER] [--spin]
//        load PORT idle CONNECTIONS
//
// echo: warms up, comparing every byte of every echo; then measures, checking lengths; prints one JSON line.
//       --spin polls instead of sleeping, so that the server never pays for waking the load. loadWaitedNs tells
//       how long the load was kept off its core: much of it means that other processes ran there.
// idle: opens connections, prints how many there are, and holds them until its standard input ends.

#define _GNU_SOURCE
#include <string.h>
#include <sys/epoll.h>
#include "load-support.h"

struct conn {
  int fd;
  size_t sent, received;
  uint64_t begun;
};

static size_t size;
static char *message, *answer;
static int poller, wait_ms = SILENCE_MS;

static void transmit(struct conn *c) {
  while (c->sent < size) {
    ssize_t n = send(c->fd, message + c->sent, size - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      die("send");
    }
    c->sent += (size_t)n;
  }
}

// True when the whole echo is there.
static int receive(struct conn *c, int compare) {
  while (c->received < size) {
    // Room for one byte more than we wait for: an echo that is too long is an error, not the next message.
    ssize_t n = recv(c->fd, answer, size - c->received + 1, MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return 0;
      die("recv");
    }
    if (n == 0) fail("the server closed a connection");
    if (c->received + (size_t)n > size) fail("the echo is longer than the message");
    if (compare && memcmp(answer, message + c->received, (size_t)n) != 0) fail("the echo differs from the message");
    c->received += (size_t)n;
  }
  if (c->sent < size) fail("the echo is longer than what was sent");
  return 1;
}

static void begin(struct conn *c, uint64_t now) {
  c->sent = c->received = 0;
  c->begun = now;
  transmit(c);
}

static void run(struct phase *p, struct conn *conns, size_t count) {
  static struct epoll_event events[BATCH];
  size_t flying = 0;
  uint64_t heard = now_ns();
  for (size_t i = 0; i < count && more(p, heard); i++, flying++) begin(&conns[i], now_ns());
  while (flying > 0) {
    int ready = epoll_wait(poller, events, BATCH, wait_ms);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    if (ready == 0 && now_ns() - heard > SILENCE_MS * 1000000ull) fail("no echo within ten seconds");
    for (int i = 0; i < ready; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->sent < size) transmit(c);
      if (c->received == size || !receive(c, p->compare)) continue;
      uint64_t now = now_ns();
      heard = now;
      record(now - c->begun);
      p->done++;
      if (more(p, now)) begin(c, now);
      else flying--;
    }
  }
}

static int echo(struct sockaddr_in *address, size_t count, uint64_t warm_ms, const struct plan *plan) {
  message = malloc(size);
  answer = malloc(size + 1);
  struct conn *conns = calloc(count, sizeof *conns);
  if (!message || !answer || !conns) die("malloc");
  for (size_t i = 0; i < size; i++) message[i] = (char)(i * 31 + i / 251);
  poller = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < count; i++) {
    conns[i].fd = dial(address);
    if (conns[i].fd < 0) die("socket");
    if (i % 64 == 63) sleep_ms(2); // Never more than a short backlog may hold.
    conns[i].sent = conns[i].received = size; // Nothing in flight: an early event is of no interest.
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &conns[i]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, conns[i].fd, &event) < 0) die("epoll_ctl");
  }

  wait_ms = plan->wait_ms;
  struct phase warm = warm_phase(warm_ms);
  run(&warm, conns, count);
  struct account account = begin_account(plan->pid);
  struct phase measured = measured_phase(plan, &account);
  run(&measured, conns, count);
  end_account(&account, measured.done);
  return 0;
}

static int idle(struct sockaddr_in *address, size_t count) {
  size_t open = 0;
  while (open < count && dial(address) >= 0) {
    if (++open % 64 == 0) sleep_ms(2); // As above.
  }
  printf("%zu\n", open);
  fflush(stdout);
  hold();
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: load PORT echo CONNECTIONS SIZE WARM_MS [options], or load PORT idle CONNECTIONS");
  raise_file_limit();
  struct sockaddr_in address = loopback(argv[1]);
  size_t count = strtoul(argv[3], NULL, 10);
  if (strcmp(argv[2], "idle") == 0) return idle(&address, count);
  if (argc < 6) fail("echo needs CONNECTIONS, SIZE and WARM_MS");
  size = strtoul(argv[4], NULL, 10);
  struct plan plan = read_plan(argc, argv, 6);
  if (count == 0 || size == 0) fail("at least one connection and one byte");
  return echo(&address, count, strtoull(argv[5], NULL, 10), &plan);
}
