// The yardstick for berkeley/sync: blocking send and recv on one connection, one message after the other.
//
// Usage: blocking-client PORT SIZE COUNT WARM
// Prints one JSON line: nanoseconds of wall time and of user and system CPU time per round trip, over COUNT round
// trips after WARM that are not counted; how long half and 99 of 100 took, over others, because looking at the clock takes
// time, too; and the resident set.

#define _GNU_SOURCE
#include "load-support.h"

enum { LOOKS = 5000 };

static void round_trip(int fd, const char *message, char *answer, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = send(fd, message + done, size - done, MSG_NOSIGNAL);
    if (n < 0) die("send");
    done += (size_t)n;
  }
  for (size_t done = 0; done < size;) {
    ssize_t n = recv(fd, answer + done, size - done, 0);
    if (n < 0) die("recv");
    if (n == 0) fail("the server closed the connection");
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
  struct sockaddr_in address = loopback(argv[1]);
  int fd = dial(&address);
  if (fd < 0) die("socket");
  char *message = malloc(size), *answer = malloc(size);
  if (!message || !answer) die("malloc");
  memset(message, 'x', size);
  alarm(60); // A silent server does not hold us for ever.

  for (long i = 0; i < warm; i++) round_trip(fd, message, answer, size);
  if (memcmp(message, answer, size) != 0) fail("the echo differs");
  uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), wall = now_ns();
  for (long i = 0; i < count; i++) round_trip(fd, message, answer, size);
  wall = now_ns() - wall;
  cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  long looks = count < LOOKS ? count : LOOKS;
  for (long i = 0; i < looks; i++) {
    uint64_t begun = now_ns();
    round_trip(fd, message, answer, size);
    record(now_ns() - begun);
  }
  printf("{\"wallNs\":%.1f,\"cpuNs\":%.1f,\"p50Ns\":%.0f,\"p99Ns\":%.0f,\"resident\":%llu}\n",
         (double)wall / (double)count, (double)cpu / (double)count, percentile(0.5, (uint64_t)looks), percentile(0.99, (uint64_t)looks),
         resident(0));
  return 0;
}
