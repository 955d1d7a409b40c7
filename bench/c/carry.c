// The yardstick of the cases in which bytes pass through a server untouched: sendfile(2), and splice(2) through a pipe, each in
// the plainest loop there is, on blocking descriptors.
//
// Usage: carry file | relay     Prints its port, serves one load, ends with it.
//
// file:  answers each byte with a file of 64 MiB.
// relay: joins two connections, from the first to the second: that is the way in which the load sends.

#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_BYTES = 64 * 1024 * 1024, PIPE_BYTES = 256 * 1024 };

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int accepted(int listener) {
  int fd = accept(listener, NULL, NULL), on = 1;
  if (fd < 0) die("accept");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void give_files(int conn) {
  int file = memfd_create("file", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, FILE_BYTES) < 0) die("memfd_create");
  static char page[4096];
  memset(page, 'x', sizeof page);
  for (int done = 0; done < FILE_BYTES; done += (int)sizeof page)
    if (write(file, page, sizeof page) < 0) die("write");
  char byte;
  while (recv(conn, &byte, 1, 0) == 1)
    for (off_t at = 0; at < FILE_BYTES;)
      if (sendfile(conn, file, &at, (size_t)(FILE_BYTES - at)) <= 0) return;
}

static void join(int from, int to) {
  int ends[2];
  if (pipe(ends) < 0) die("pipe");
  fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
  ssize_t n;
  while ((n = splice(from, NULL, ends[1], NULL, PIPE_BYTES, SPLICE_F_MOVE)) > 0)
    while (n > 0) {
      ssize_t gone = splice(ends[0], NULL, to, NULL, (size_t)n, SPLICE_F_MOVE);
      if (gone <= 0) return;
      n -= gone;
    }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, 16) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int one = accepted(listener);
  if (strcmp(argv[1], "relay") == 0) join(one, accepted(listener));
  else give_files(one);
  return 0;
}
