// The yardstick of the benchmark: a TCP echo server on one edge-triggered epoll and one thread, written as a C
// programmer would who cares about speed. One shared buffer, each descriptor registered once, a short read ends the
// turn without asking for EAGAIN, unsent bytes are kept and go out on EPOLLOUT.
//
// Usage: epoll-echo [PORT]     Prints its port, serves until its standard input ends, prints nothing else. With a port, which
// may be 0, it shares it with others (SO_REUSEPORT).

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 512, BUFFER = 64 * 1024 };

struct conn {
  int fd;
  char *unsent; // What the kernel did not take; NULL nearly always.
  size_t done, length;
};

static char buffer[BUFFER];
static int poller;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void drop(struct conn *c) {
  close(c->fd);
  free(c->unsent);
  free(c);
}

static int keep(struct conn *c, const char *bytes, size_t length) {
  c->unsent = malloc(length);
  if (!c->unsent) return -1;
  memcpy(c->unsent, bytes, length);
  c->done = 0;
  c->length = length;
  return 0;
}

// 1: everything is out, 0: wait for EPOLLOUT, -1: the connection is broken.
static int flush(struct conn *c) {
  while (c->done < c->length) {
    ssize_t n = send(c->fd, c->unsent + c->done, c->length - c->done, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? 0 : -1;
    }
    c->done += (size_t)n;
  }
  free(c->unsent);
  c->unsent = NULL;
  return 1;
}

static void serve(struct conn *c, unsigned events) {
  if (c->unsent) {
    int state = flush(c);
    if (state < 0) drop(c);
    if (state <= 0) return;
  }
  for (;;) {
    ssize_t n = recv(c->fd, buffer, BUFFER, 0);
    if (n <= 0) {
      if (n < 0 && errno == EINTR) continue;
      if (n == 0 || errno != EAGAIN) drop(c);
      return;
    }
    ssize_t m = send(c->fd, buffer, (size_t)n, MSG_NOSIGNAL);
    if (m < 0 && errno != EAGAIN && errno != EINTR) return drop(c);
    if (m < 0) m = 0;
    if (m < n) {
      if (keep(c, buffer + m, (size_t)(n - m)) < 0) return drop(c);
      int state = flush(c);
      if (state < 0) drop(c);
      if (state <= 0) return;
    }
    // A short read has drained the socket, unless the end came with the data: nothing would signal that again.
    if (n < BUFFER && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) return;
  }
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN || errno == EMFILE) return;
      die("accept4");
    }
    struct conn *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    c->fd = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  }
}

int main(int argc, char **argv) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (listener < 0) die("socket");
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // What it accepts inherits it.
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (argc > 1) {
    int on = 1;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) die("setsockopt");
  }
  if (bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, SOMAXCONN) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) die("epoll_create1");
  struct conn listening = {.fd = listener}, input = {.fd = STDIN_FILENO};
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = &listening};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");
  event.data.ptr = &input;
  epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event); // A file or /dev/null has no readiness: then serve for ever.
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  static struct epoll_event events[BATCH];
  for (;;) {
    int count = epoll_wait(poller, events, BATCH, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct conn *c = events[i].data.ptr;
      if (c == &listening) accept_all(listener);
      else if (c == &input) {
        char byte;
        if (read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      } else serve(c, events[i].events);
    }
  }
}
