// The load of the cases that are about one stream without TLS: as much as goes through one connection in one direction.
//
// Usage: bulk-load PORT send WARM_MS [--seconds S] [--pid SERVER]
//        bulk-load PORT receive WARM_MS [--seconds S] [--pid SERVER]
//
// send:    sends MiB after MiB; the server answers each with a byte, so that we know when it has them all.
// receive: asks for as many MiB as we take at once with four bytes, big endian, again and again.
//
// Both poll instead of sleeping, so that the server never pays for waking the load. They go on for so long and not for so much: a server
// whose code is compiled while it runs needs its time for that, however fast the bytes flow.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include "load-support.h"

enum { MIB = 1024 * 1024, CHUNK = 256 * 1024, AT_ONCE = 128 };

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

// Both return how many MiB they have moved; then nothing is under way any more.
static uint64_t send_all(struct phase phase) {
  uint64_t answered = 0;
  for (; more(&phase, now_ns()); phase.done++) {
    for (size_t sent = 0; sent < MIB; sent += CHUNK) transmit(chunk, CHUNK);
    // The server must never wait for room for its answers.
    ssize_t n = recv(fd, chunk, CHUNK, MSG_DONTWAIT);
    if (n > 0) answered += (uint64_t)n;
  }
  receive(phase.done - answered);
  return phase.done;
}

static uint64_t receive_all(struct phase phase) {
  const uint32_t wanted = htonl(AT_ONCE);
  for (; more(&phase, now_ns()); phase.done += AT_ONCE) {
    transmit((const char *)&wanted, sizeof wanted);
    receive((uint64_t)AT_ONCE * MIB);
  }
  return phase.done;
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: bulk-load PORT send | receive WARM_MS [--seconds S] [--pid SERVER]");
  struct sockaddr_in address = loopback(argv[1]);
  uint64_t (*run)(struct phase) = strcmp(argv[2], "send") == 0 ? send_all : receive_all;
  struct plan plan = read_plan(argc, argv, 4);
  fd = dial(&address);
  if (fd < 0) die("socket");
  run(warm_phase(strtoull(argv[3], NULL, 10)));
  struct account account = begin_account(plan.pid);
  end_account(&account, run(measured_phase(&plan, &account)));
  return 0;
}
