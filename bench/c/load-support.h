// What every load of the benchmark needs: clocks, the account of a server's processor time, a histogram of latencies,
// connections, and complaints. It must not know what is sent over them.

#ifndef LOAD_SUPPORT_H
#define LOAD_SUPPORT_H

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 512, SILENCE_MS = 10000, SUB = 64 };

static uint64_t buckets[64 * SUB]; // Latencies, 64 buckets for each power of two: good to 1.6 %.

static inline void fail(const char *why) {
  fprintf(stderr, "load: %s\n", why);
  exit(1);
}

static inline void die(const char *what) {
  fprintf(stderr, "load: ");
  perror(what);
  exit(1);
}

static inline uint64_t clock_ns(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) < 0) return 0;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t now_ns(void) {
  return clock_ns(CLOCK_MONOTONIC);
}

static inline void sleep_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

// How long this thread was ready to run while its core did something else.
static inline uint64_t waited_ns(void) {
  unsigned long long ran = 0, waited = 0;
  FILE *account = fopen("/proc/thread-self/schedstat", "r");
  if (!account) return 0;
  if (fscanf(account, "%llu %llu", &ran, &waited) != 2) waited = 0;
  fclose(account);
  return waited;
}

static inline void record(uint64_t ns) {
  if (ns < SUB) {
    buckets[ns]++;
    return;
  }
  unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - 6u;
  buckets[(shift + 1) * SUB + (ns >> shift) - SUB]++;
}

static inline double percentile(double share, uint64_t messages) {
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

// The resident set of a process in bytes; 0 stands for this one.
static inline unsigned long long resident(pid_t pid) {
  unsigned long long size = 0, pages = 0;
  char path[64] = "/proc/self/statm";
  if (pid > 0) snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
  FILE *account = fopen(path, "r");
  if (!account) return 0;
  if (fscanf(account, "%llu %llu", &size, &pages) != 2) pages = 0;
  fclose(account);
  return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

static inline struct sockaddr_in loopback(const char *port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

// -1 when there are no descriptors left.
static inline int dial(const struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0) return -1;
  if (connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static inline void raise_file_limit(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) < 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// Blocks until standard input ends: the moment at which the runner has seen enough.
static inline void hold(void) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}

// How a phase of the load ends and who is looked at: [--seconds S | --messages M] [--pid SERVER] [--spin].
struct plan {
  double seconds;
  uint64_t budget;
  pid_t pid;
  int wait_ms;
};

static inline struct plan read_plan(int argc, char **argv, int first) {
  struct plan plan = {.budget = UINT64_MAX, .wait_ms = SILENCE_MS};
  for (int i = first; i < argc; i++) {
    if (strcmp(argv[i], "--spin") == 0) plan.wait_ms = 0;
    else if (i + 1 == argc) fail("an option lacks its value, or is not known");
    else if (strcmp(argv[i], "--seconds") == 0) plan.seconds = atof(argv[++i]);
    else if (strcmp(argv[i], "--messages") == 0) plan.budget = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--pid") == 0) plan.pid = atoi(argv[++i]);
    else fail("unknown option");
  }
  if (plan.seconds <= 0 && plan.budget == UINT64_MAX) plan.seconds = 1;
  return plan;
}

// A phase under way.
struct phase {
  uint64_t until; // The moment after which nothing new begins; 0: `budget` decides.
  uint64_t budget; // How much more may begin.
  int compare; // Whether to look at every byte.
  uint64_t done;
};

static inline struct phase warm_phase(uint64_t ms) {
  return (struct phase){now_ns() + ms * 1000000u, UINT64_MAX, 1, 0};
}

// True when something new may begin; then it counts as begun.
static inline int more(struct phase *p, uint64_t now) {
  if (p->budget == 0 || (p->until != 0 && now >= p->until)) return 0;
  p->budget--;
  return 1;
}

// What is read between two moments at which nothing is in flight.
struct account {
  clockid_t server;
  pid_t pid; // 0: there is no server to look at.
  uint64_t cpu, waited, wall;
};

static inline struct account begin_account(pid_t pid) {
  struct account a = {.server = CLOCK_PROCESS_CPUTIME_ID, .pid = pid};
  if (pid > 0 && clock_getcpuclockid(pid, &a.server) != 0) fail("the server's processor time cannot be read");
  memset(buckets, 0, sizeof buckets);
  sleep_ms(20); // The server falls asleep, which brings its account up to date.
  a.cpu = clock_ns(a.server);
  a.waited = waited_ns();
  a.wall = now_ns();
  return a;
}

// The phase that is measured begins with its account.
static inline struct phase measured_phase(const struct plan *plan, const struct account *a) {
  return (struct phase){plan->seconds > 0 ? a->wall + (uint64_t)(plan->seconds * 1e9) : 0, plan->budget, 0, 0};
}

// `count` is the number of messages, or of what else was measured, `lost` of those that never came back.
static inline void end_account_with(const struct account *a, uint64_t count, uint64_t lost) {
  uint64_t wall = now_ns() - a->wall, waited = waited_ns() - a->waited;
  sleep_ms(20);
  uint64_t cpu = a->pid > 0 ? clock_ns(a->server) - a->cpu : 0;
  printf("{\"count\":%llu,\"seconds\":%.6f,\"p50Us\":%.2f,\"p99Us\":%.2f,\"serverCpuNs\":%llu,\"loadWaitedNs\":%llu,\"lost\":%llu,\"resident\":%llu}\n",
         (unsigned long long)count, (double)wall / 1e9, percentile(0.5, count) / 1e3, percentile(0.99, count) / 1e3,
         (unsigned long long)cpu, (unsigned long long)waited, (unsigned long long)lost, a->pid > 0 ? resident(a->pid) : 0);
  fflush(stdout);
}

static inline void end_account(const struct account *a, uint64_t count) {
  end_account_with(a, count, 0);
}

#endif
