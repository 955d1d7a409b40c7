// The load of the cases that are about one stream without TLS: as much as goes through one connection in one direction.
//
// Usage: bulk-load PORT send MIB WARM_MIB [--pid SERVER]
//        bulk-load PORT receive MIB WARM_MIB [--pid SERVER]
//
// send:    sends so many MiB; the server answers each with a byte, so that we know when it has them all.
// receive: asks for so many MiB with four bytes, big endian.
//
// Both poll instead of sleeping, so that the server never pays for waking the load.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include "load-support.h"

enum { MIB = 1024 * 1024, CHUNK = 256 * 1024 };

static char chunk[CHUNK];
static int fd;

// How many bytes were moved, when the descriptor was ready for it.
static size_t moved(ssize_t n, short events) {
  if (n > 0) return (size_t)n;
  if (n == 0 || (errno != EAGAIN && errno != EINTR)) fail("the server closed the connection");
  struct pollfd wanted = {.fd = fd, .events = events};
  for (uint64_t begun = now_ns(); poll(&wanted, 1, 0) == 0;)
    if (now_ns() - begun > SILENCE_MS * 1000000ull) fail("nothing happened for ten seconds");
  return 0;
}

static void transmit(const char *bytes, size_t length) {
  for (size_t done = 0; done < length;)
    done += moved(send(fd, bytes + done, length - done, MSG_DONTWAIT | MSG_NOSIGNAL), POLLOUT);
}

// Takes exactly so many bytes.
static void receive(uint64_t length) {
  while (length > 0) length -= moved(recv(fd, chunk, length < CHUNK ? length : CHUNK, MSG_DONTWAIT), POLLIN);
}

static void send_all(uint32_t mib) {
  for (uint64_t left = (uint64_t)mib * MIB; left > 0; left -= CHUNK) transmit(chunk, CHUNK);
  receive(mib);
}

static void receive_all(uint32_t mib) {
  uint32_t wanted = htonl(mib);
  transmit((const char *)&wanted, sizeof wanted);
  receive((uint64_t)mib * MIB);
}

int main(int argc, char **argv) {
  if (argc < 5) fail("usage: bulk-load PORT send | receive MIB WARM_MIB [--pid SERVER]");
  struct sockaddr_in address = loopback(argv[1]);
  void (*run)(uint32_t) = strcmp(argv[2], "send") == 0 ? send_all : receive_all;
  uint32_t mib = (uint32_t)strtoul(argv[3], NULL, 10), warm_mib = (uint32_t)strtoul(argv[4], NULL, 10);
  struct plan plan = read_plan(argc, argv, 5);
  fd = dial(&address);
  if (fd < 0) die("socket");
  run(warm_mib);
  struct account account = begin_account(plan.pid);
  run(mib);
  end_account(&account, mib);
  return 0;
}
