// The yardstick for sending datagrams in one direction: as many as the kernel takes, in batches with sendmmsg(2), or in
// pieces that the kernel cuts (UDP_SEGMENT). The model of the senders in TypeScript.
//
// Usage: udp-send PORT SIZE SECONDS WARM_SECONDS batch|gso
//
// Sends for WARM_SECONDS, then for SECONDS, and prints one JSON line: how many datagrams it has sent in all, and the
// nanoseconds of wall and CPU time for each of those that are measured.

#define _GNU_SOURCE
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include "load-support.h"

enum { AT_ONCE = 64, PIECE = 65507, ROUND = 4096 };

static char bytes[PIECE];
static struct iovec parts[AT_ONCE];
static struct mmsghdr messages[AT_ONCE];

static void await_room(int fd) {
  if (errno == EINTR) return;
  if (errno != EAGAIN) die("send");
  struct pollfd room = {.fd = fd, .events = POLLOUT};
  poll(&room, 1, -1);
}

static void send_batches(int fd, size_t size, uint64_t count) {
  for (size_t i = 0; i < AT_ONCE; i++) {
    parts[i] = (struct iovec){bytes, size};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  while (count > 0) {
    int n = sendmmsg(fd, messages, count < AT_ONCE ? (unsigned)count : AT_ONCE, MSG_NOSIGNAL);
    if (n > 0) count -= (uint64_t)n;
    else await_room(fd);
  }
}

static void send_pieces(int fd, size_t size, uint64_t count) {
  char control[CMSG_SPACE(sizeof(uint16_t))] __attribute__((aligned(8))) = {0};
  struct iovec part = {bytes, 0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *c = CMSG_FIRSTHDR(&message);
  uint16_t segment = (uint16_t)size;
  c->cmsg_level = IPPROTO_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN(sizeof segment);
  memcpy(CMSG_DATA(c), &segment, sizeof segment);
  uint64_t fit = PIECE / size < AT_ONCE ? PIECE / size : AT_ONCE; // The kernel cuts into 64 at most.
  while (count > 0) {
    uint64_t now = count < fit ? count : fit;
    part.iov_len = now * size;
    if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0) count -= now;
    else await_room(fd);
  }
}

// Lets `work` send rounds until the time is over; returns how many datagrams they were.
static uint64_t go_on(void (*work)(int, size_t, uint64_t), int fd, size_t size, double seconds) {
  uint64_t count = 0;
  for (uint64_t end = now_ns() + (uint64_t)(seconds * 1e9); now_ns() < end; count += ROUND) work(fd, size, ROUND);
  return count;
}

int main(int argc, char **argv) {
  if (argc < 6) fail("usage: udp-send PORT SIZE SECONDS WARM_SECONDS batch|gso");
  struct sockaddr_in address = loopback(argv[1]);
  size_t size = strtoul(argv[2], NULL, 10);
  double seconds = atof(argv[3]), warm = atof(argv[4]);
  if (size == 0 || size > PIECE || seconds <= 0) fail("SIZE is 1 to 65507, SECONDS more than 0");
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  memset(bytes, 'x', sizeof bytes);
  void (*work)(int, size_t, uint64_t) = strcmp(argv[5], "gso") == 0 ? send_pieces : send_batches;
  uint64_t before = go_on(work, fd, size, warm);
  uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), begun = now_ns();
  uint64_t count = go_on(work, fd, size, seconds);
  double wall = (double)(now_ns() - begun) / (double)count;
  cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"sent\":%llu,\"wallNs\":%.2f,\"cpuNs\":%.2f,\"resident\":%llu}\n", (unsigned long long)(before + count), wall,
         (double)cpu / (double)count, resident(0));
  return 0;
}
