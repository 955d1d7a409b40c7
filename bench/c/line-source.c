// Where readers of lines connect to: sends short lines as fast as they are taken, so that the reader is what takes the time.
//
// Usage: line-source     Prints its port. Serves one connection after the other. Ends with its standard input.

#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <string.h>
#include "load-support.h"

// Lines of 20 to 60 bytes, whose end is nowhere at the same place of a block.
enum { BLOCK = 1024 * 1024 };

static char block[BLOCK];

int main(void) {
  size_t filled = 0;
  for (int i = 0; filled + 64 < BLOCK; i++) {
    int length = 20 + i * 7 % 41;
    memset(block + filled, 'a' + i % 26, (size_t)length);
    block[filled + (size_t)length - 1] = '\n';
    filled += (size_t)length;
  }
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) die("socket");
  struct sockaddr_in address = loopback("0");
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 8) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  int fd = -1;
  size_t at = 0;
  for (;;) {
    struct pollfd wanted[2] = {{STDIN_FILENO, POLLIN, 0}, {fd < 0 ? listener : fd, fd < 0 ? POLLIN : POLLOUT, 0}};
    if (poll(wanted, 2, -1) < 0) die("poll");
    if (wanted[0].revents) return 0;
    if (!wanted[1].revents) continue;
    if (fd < 0) {
      fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) die("accept4");
      at = 0;
      continue;
    }
    ssize_t n = send(fd, block + at, filled - at, MSG_NOSIGNAL);
    if (n > 0) {
      at = (at + (size_t)n) % filled;
    } else if (errno != EAGAIN) {
      close(fd);
      fd = -1;
    }
  }
}
