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
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 512, SILENCE_MS = 10000, SUB = 64 };

struct conn {
  int fd;
  size_t sent, received;
  uint64_t begun;
};

struct phase {
  uint64_t until; // The moment after which no message is sent; 0: `budget` decides.
  uint64_t budget; // How many more messages are sent.
  int compare;
  uint64_t messages;
};

static size_t size;
static char *message, *answer;
static int poller, wait_ms = SILENCE_MS;
static uint64_t buckets[64 * SUB]; // Latencies, 64 buckets for each power of two: good to 1.6 %.

static void fail(const char *why) {
  fprintf(stderr, "load: %s\n", why);
  exit(1);
}

static void die(const char *what) {
  fprintf(stderr, "load: ");
  perror(what);
  exit(1);
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) < 0) return 0;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// How long this thread was ready to run while its core did something else.
static uint64_t waited_ns(void) {
  unsigned long long ran = 0, waited = 0;
  FILE *account = fopen("/proc/thread-self/schedstat", "r");
  if (!account) return 0;
  if (fscanf(account, "%llu %llu", &ran, &waited) != 2) waited = 0;
  fclose(account);
  return waited;
}

static void sleep_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static void record(uint64_t ns) {
  if (ns < SUB) {
    buckets[ns]++;
    return;
  }
  unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - 6u;
  buckets[(shift + 1) * SUB + (ns >> shift) - SUB]++;
}

static double percentile(double share, uint64_t messages) {
  uint64_t wanted = (uint64_t)(share * (double)messages), seen = 0;
  for (unsigned i = 0; i < 64 * SUB; i++) {
    seen += buckets[i];
    if (seen <= wanted) continue;
    if (i < SUB) return i;
    unsigned shift = i / SUB - 1;
    return (double)((uint64_t)(i % SUB + SUB) << shift) + (double)(1ull << shift) / 2;
  }
  return 0;
}

// -1 when there are no descriptors left.
static int dial(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr *)address, sizeof *address) < 0) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

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
  uint64_t heard = clock_ns(CLOCK_MONOTONIC);
  for (size_t i = 0; i < count && p->budget > 0; i++, flying++, p->budget--) begin(&conns[i], clock_ns(CLOCK_MONOTONIC));
  while (flying > 0) {
    int ready = epoll_wait(poller, events, BATCH, wait_ms);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    if (ready == 0 && clock_ns(CLOCK_MONOTONIC) - heard > SILENCE_MS * 1000000ull) fail("no echo within ten seconds");
    for (int i = 0; i < ready; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->sent < size) transmit(c);
      if (c->received == size || !receive(c, p->compare)) continue;
      uint64_t now = clock_ns(CLOCK_MONOTONIC);
      heard = now;
      record(now - c->begun);
      p->messages++;
      if (p->budget > 0 && (p->until == 0 || now < p->until)) {
        p->budget--;
        begin(c, now);
      } else flying--;
    }
  }
}

static int echo(struct sockaddr_in *address, size_t count, uint64_t warm_ms, double seconds, uint64_t budget, pid_t pid) {
  message = malloc(size);
  answer = malloc(size + 1);
  struct conn *conns = calloc(count, sizeof *conns);
  if (!message || !answer || !conns) die("malloc");
  for (size_t i = 0; i < size; i++) message[i] = (char)(i * 31 + i / 251);
  poller = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < count; i++) {
    conns[i].fd = dial(address);
    if (conns[i].fd < 0) die("socket");
    conns[i].sent = conns[i].received = size; // Nothing in flight: an early event is of no interest.
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &conns[i]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, conns[i].fd, &event) < 0) die("epoll_ctl");
  }

  struct phase warm = {clock_ns(CLOCK_MONOTONIC) + warm_ms * 1000000u, UINT64_MAX, 1, 0};
  run(&warm, conns, count);
  memset(buckets, 0, sizeof buckets);
  clockid_t server = CLOCK_PROCESS_CPUTIME_ID;
  if (pid > 0 && clock_getcpuclockid(pid, &server) != 0) fail("the server's processor time cannot be read");
  sleep_ms(20); // The server falls asleep, which brings its account up to date.

  struct phase measured = {0, budget, 0, 0};
  uint64_t cpu = clock_ns(server), waited = waited_ns(), wall = clock_ns(CLOCK_MONOTONIC);
  if (seconds > 0) measured.until = wall + (uint64_t)(seconds * 1e9);
  run(&measured, conns, count);
  wall = clock_ns(CLOCK_MONOTONIC) - wall;
  waited = waited_ns() - waited;
  sleep_ms(20);
  cpu = pid > 0 ? clock_ns(server) - cpu : 0;
  printf("{\"messages\":%llu,\"seconds\":%.6f,\"p50Us\":%.2f,\"p99Us\":%.2f,\"serverCpuNs\":%llu,\"loadWaitedNs\":%llu}\n",
         (unsigned long long)measured.messages, (double)wall / 1e9, percentile(0.5, measured.messages) / 1e3,
         percentile(0.99, measured.messages) / 1e3, (unsigned long long)cpu, (unsigned long long)waited);
  return 0;
}

static int idle(struct sockaddr_in *address, size_t count) {
  size_t open = 0;
  while (open < count && dial(address) >= 0) {
    // Never more than a short backlog may hold.
    if (++open % 64 == 0) sleep_ms(2);
  }
  printf("%zu\n", open);
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: load PORT echo CONNECTIONS SIZE WARM_MS [options], or load PORT idle CONNECTIONS");
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  size_t count = strtoul(argv[3], NULL, 10);
  if (strcmp(argv[2], "idle") == 0) return idle(&address, count);
  if (argc < 6) fail("echo needs CONNECTIONS, SIZE and WARM_MS");
  size = strtoul(argv[4], NULL, 10);
  uint64_t warm_ms = strtoull(argv[5], NULL, 10), budget = UINT64_MAX;
  double seconds = 0;
  pid_t pid = 0;
  for (int i = 6; i < argc; i++) {
    if (strcmp(argv[i], "--spin") == 0) wait_ms = 0;
    else if (i + 1 == argc) fail("an option lacks its value, or is not known");
    else if (strcmp(argv[i], "--seconds") == 0) seconds = atof(argv[++i]);
    else if (strcmp(argv[i], "--messages") == 0) budget = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--pid") == 0) pid = atoi(argv[++i]);
    else fail("unknown option");
  }
  if (seconds <= 0 && budget == UINT64_MAX) seconds = 1;
  if (count == 0 || size == 0) fail("at least one connection and one byte");
  return echo(&address, count, warm_ms, seconds, budget, pid);
}
