// The load of the cases in which a server gives a file, or joins two connections.
//
// Usage: carry-load PORT file MIB WARM_MIB [--pid SERVER]
//        carry-load PORT relay MIB WARM_MIB [--pid SERVER]
//
// file:  asks for the server's 64 MiB with one byte, as often as it takes.
// relay: opens two connections, which the server joins, sends on the first and receives on the second.
//
// It polls instead of sleeping, so that the server never pays for waking the load.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include "load-support.h"

enum { MIB = 1024 * 1024, FILE_MIB = 64, CHUNK = 256 * 1024 };

static char sent[CHUNK], received[CHUNK];
static int one, other;

// How many bytes were moved; 0 when it would block.
static size_t moved(ssize_t n) {
  if (n > 0) return (size_t)n;
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  fail("the server closed the connection");
  return 0;
}

// Receives so many bytes while `to_send` others go out.
static void carry(int from, uint64_t to_receive, int to, uint64_t to_send) {
  uint64_t begun = now_ns();
  while (to_receive > 0 || to_send > 0) {
    size_t progress = 0;
    if (to_send > 0) {
      size_t n = moved(send(to, sent, to_send < CHUNK ? to_send : CHUNK, MSG_NOSIGNAL));
      to_send -= n;
      progress += n;
    }
    if (to_receive > 0) {
      size_t n = moved(recv(from, received, to_receive < CHUNK ? to_receive : CHUNK, 0));
      to_receive -= n;
      progress += n;
    }
    if (progress > 0) begun = now_ns();
    else if (now_ns() - begun > SILENCE_MS * 1000000ull) fail("nothing happened for ten seconds");
  }
}

static uint32_t fetch(uint32_t mib) {
  uint32_t files = mib < FILE_MIB ? 1 : mib / FILE_MIB;
  for (uint32_t i = 0; i < files; i++) carry(one, (uint64_t)FILE_MIB * MIB, one, 1);
  return files * FILE_MIB;
}

static uint32_t relay(uint32_t mib) {
  carry(other, (uint64_t)mib * MIB, one, (uint64_t)mib * MIB);
  return mib;
}

int main(int argc, char **argv) {
  if (argc < 5) fail("usage: carry-load PORT file | relay MIB WARM_MIB [--pid SERVER]");
  struct sockaddr_in address = loopback(argv[1]);
  int relays = strcmp(argv[2], "relay") == 0;
  uint32_t (*run)(uint32_t) = relays ? relay : fetch;
  uint32_t mib = (uint32_t)strtoul(argv[3], NULL, 10), warm_mib = (uint32_t)strtoul(argv[4], NULL, 10);
  struct plan plan = read_plan(argc, argv, 5);
  one = dial(&address);
  other = relays ? dial(&address) : one;
  if (one < 0 || other < 0) die("socket");
  fcntl(one, F_SETFL, O_NONBLOCK);
  fcntl(other, F_SETFL, O_NONBLOCK);
  run(warm_mib);
  struct account account = begin_account(plan.pid);
  end_account(&account, run(mib));
  return 0;
}
