// The load of the case in which connections come and go: each connects, sends one byte, gets it back, ends its direction, and is
// done when the server has ended its own.
//
// Usage: churn-load PORT AT_A_TIME WARM_MS [--seconds S | --messages M] [--pid SERVER] [--spin]
//
// Prints what the other loads print; the latency is that of a whole connection. The one who ends first keeps the port for a minute
// (TIME_WAIT), so connections come from many addresses of 127.0.0.0/8 in turn.

#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include "load-support.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { SOURCES = 200 };

struct conn {
  int fd;
  int answered;
  uint64_t begun;
};

static struct sockaddr_in server;
static int poller, wait_ms;

static void begin(struct conn *c, uint64_t now) {
  static unsigned source;
  int on = 1;
  c->begun = now;
  c->answered = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + source++ % SOURCES)};
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
  // On the loopback interface the handshake is over when connect(2) returns, so nothing is gained by not waiting for it.
  if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
  if (send(c->fd, "x", 1, MSG_NOSIGNAL) != 1) die("send");
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

// True when the connection is over.
static int go_on(struct conn *c) {
  char bytes[2];
  for (;;) {
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return 0;
    if (n < 0) die("recv");
    if (n == 0) {
      if (!c->answered) fail("the server closed a connection without an answer");
      close(c->fd);
      c->fd = -1;
      return 1;
    }
    if (n > 1 || c->answered || bytes[0] != 'x') fail("the echo differs from the message");
    c->answered = 1;
    shutdown(c->fd, SHUT_WR);
    // The end comes with an event of its own.
    return 0;
  }
}

static void run(struct phase *p, struct conn *conns, size_t count) {
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
      if (c->fd < 0 || !go_on(c)) continue;
      uint64_t now = heard = now_ns();
      record(now - c->begun);
      p->done++;
      if (more(p, now)) begin(c, now);
      else flying--;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: churn-load PORT AT_A_TIME WARM_MS [options]");
  raise_file_limit();
  server = loopback(argv[1]);
  size_t count = strtoul(argv[2], NULL, 10);
  struct plan plan = read_plan(argc, argv, 4);
  struct conn *conns = calloc(count, sizeof *conns);
  if (!conns || count == 0) fail("at least one connection at a time");
  poller = epoll_create1(EPOLL_CLOEXEC);
  wait_ms = plan.wait_ms;
  struct phase warm = warm_phase(strtoull(argv[3], NULL, 10));
  run(&warm, conns, count);
  struct account account = begin_account(plan.pid);
  struct phase measured = measured_phase(&plan, &account);
  run(&measured, conns, count);
  end_account(&account, measured.done);
  return 0;
}
