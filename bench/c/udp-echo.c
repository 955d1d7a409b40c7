// The yardstick for datagrams: a UDP echo server on one edge-triggered epoll and one thread, written as a C programmer would
// who cares about speed. One batch in with recvmmsg(2), one batch out with sendmmsg(2); a batch that is not full has
// emptied the queue, so nothing asks for EAGAIN.
//
// Usage: udp-echo     Prints its port, serves until its standard input ends, prints nothing else.

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// The buffers do not begin a power of two apart, or all first bytes would want the same few lines of the cache.
enum { BATCH = 64, BUFFER = 2048 + 64 };

static char buffers[BATCH][BUFFER];
static struct sockaddr_in peers[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr batch[BATCH];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void answer(int fd, int count) {
  for (int i = 0; i < count; i++) {
    if (batch[i].msg_hdr.msg_flags & MSG_TRUNC) {
      fprintf(stderr, "udp-echo: a datagram is longer than %d bytes\n", BUFFER);
      exit(1);
    }
    parts[i].iov_len = batch[i].msg_len;
  }
  for (int done = 0; done < count;) {
    int n = sendmmsg(fd, batch + done, (unsigned)(count - done), MSG_NOSIGNAL);
    if (n > 0) done += n;
    else if (errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, -1);
    } else if (errno != EINTR) die("sendmmsg");
  }
}

static void serve(int fd) {
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i].iov_len = BUFFER;
      batch[i].msg_hdr.msg_namelen = sizeof peers[i];
    }
    int count = recvmmsg(fd, batch, BATCH, 0, NULL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      die("recvmmsg");
    }
    answer(fd, count);
    if (count < BATCH) return;
  }
}

int main(void) {
  for (int i = 0; i < BATCH; i++) {
    parts[i].iov_base = buffers[i];
    batch[i].msg_hdr = (struct msghdr){.msg_name = &peers[i], .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, length) < 0) die("bind");
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  int poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) die("epoll_create1");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  event.data.fd = STDIN_FILENO;
  epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event); // A file or /dev/null has no readiness: then serve for ever.
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  for (;;) {
    struct epoll_event events[2];
    int count = epoll_wait(poller, events, 2, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == fd) serve(fd);
      else {
        char byte;
        if (read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      }
    }
  }
}
