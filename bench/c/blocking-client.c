// The yardstick for berkeley/sync: blocking send and recv on one connection, one message after the other.
//
// Usage: blocking-client PORT SIZE COUNT WARM
// Prints one JSON line: nanoseconds of wall time and of user and system CPU time per round trip, over COUNT round
// trips after WARM that are not counted.

#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void round_trip(int fd, const char *message, char *answer, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = send(fd, message + done, size - done, MSG_NOSIGNAL);
    if (n < 0) die("send");
    done += (size_t)n;
  }
  for (size_t done = 0; done < size;) {
    ssize_t n = recv(fd, answer + done, size - done, 0);
    if (n < 0) die("recv");
    if (n == 0) {
      fprintf(stderr, "the server closed the connection\n");
      exit(1);
    }
    done += (size_t)n;
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: blocking-client PORT SIZE COUNT WARM\n");
    return 2;
  }
  size_t size = strtoul(argv[2], NULL, 10);
  long count = atol(argv[3]), warm = atol(argv[4]);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0) die("socket");
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char *message = malloc(size), *answer = malloc(size);
  if (!message || !answer) die("malloc");
  memset(message, 'x', size);
  alarm(60); // A silent server does not hold us for ever.

  for (long i = 0; i < warm; i++) round_trip(fd, message, answer, size);
  if (memcmp(message, answer, size) != 0) {
    fprintf(stderr, "the echo differs\n");
    return 1;
  }
  double cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
  for (long i = 0; i < count; i++) round_trip(fd, message, answer, size);
  wall = clock_ns(CLOCK_MONOTONIC) - wall;
  cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"wallNs\":%.1f,\"cpuNs\":%.1f}\n", wall / (double)count, cpu / (double)count);
  return 0;
}
