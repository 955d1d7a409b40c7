// The yardstick of the cases that are about one stream without TLS: one connection on one edge-triggered epoll.
//
// Usage: bulk-server receive | send     Prints its port, serves one load, ends with it.
//
// receive: takes a stream and answers a byte for each MiB.
// send:    four bytes, big endian, ask for so many MiB.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, ROOM = 256 * 1024, CHUNK = 64 * 1024 };

static char buffer[ROOM];
static int conn, poller;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void await(void) {
  struct epoll_event event;
  while (epoll_wait(poller, &event, 1, -1) < 0)
    if (errno != EINTR) die("epoll_wait");
}

// 0 at the end.
static size_t some(void *bytes, size_t length) {
  for (;;) {
    ssize_t n = recv(conn, bytes, length, 0);
    if (n > 0) return (size_t)n;
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) return 0;
    await();
  }
}

static void all(const char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t n = send(conn, bytes + done, length - done, MSG_NOSIGNAL);
    if (n >= 0) done += (size_t)n;
    else if (errno == EAGAIN) await();
    else if (errno != EINTR) exit(0);
  }
}

static void receive(void) {
  uint64_t bytes = 0;
  for (size_t n; (n = some(buffer, ROOM)) > 0; bytes += n) {
    char answer[1 + ROOM / MIB];
    memset(answer, '+', sizeof answer);
    all(answer, (size_t)((bytes + n) / MIB - bytes / MIB));
    // A short read has emptied the queue: there is nothing to ask for again before the next event.
    if (n < ROOM) await();
  }
}

static void give(void) {
  uint32_t wanted;
  while (some(&wanted, sizeof wanted) == sizeof wanted)
    for (uint64_t left = (uint64_t)ntohl(wanted) * MIB; left > 0; left -= CHUNK) all(buffer, CHUNK);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (listener < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, 1) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  conn = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (conn < 0) die("accept4");
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, conn, &event) < 0) die("epoll_ctl");
  if (strcmp(argv[1], "receive") == 0) receive();
  else give();
  return 0;
}
