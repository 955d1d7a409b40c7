// The load of the TLS cases that are about one stream: as much as goes through one connection in one direction.
//
// Usage: tls-bulk PORT send MIB WARM_MIB [--pid SERVER]
//        tls-bulk PORT receive MIB WARM_MIB [--pid SERVER]
//
// send:    sends so many MiB; the server answers each with a byte, so that we know when it has them all.
// receive: asks for so many MiB with four bytes, big endian.
//
// Both poll instead of sleeping, so that the server never pays for waking the load.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include "tls-client.h"

enum { MIB = 1024 * 1024, CHUNK = 64 * 1024 };

static SSL *ssl;
static char chunk[CHUNK];

// Returns when the descriptor is ready for what OpenSSL waits for after `result`.
static void await(int result) {
  if (!waits(ssl, result)) fail("the server closed the connection");
  struct pollfd wanted = {.fd = SSL_get_fd(ssl), .events = SSL_want_write(ssl) ? POLLOUT : POLLIN};
  for (uint64_t begun = now_ns(); poll(&wanted, 1, 0) == 0;) {
    if (now_ns() - begun > SILENCE_MS * 1000000ull) fail("nothing happened for ten seconds");
  }
}

static void transmit(const char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    int n = SSL_write(ssl, bytes + done, (int)(length - done));
    if (n > 0) done += (size_t)n;
    else await(n);
  }
}

// Takes exactly so many bytes.
static void receive(uint64_t length) {
  while (length > 0) {
    int n = SSL_read(ssl, chunk, length < CHUNK ? (int)length : CHUNK);
    if (n > 0) length -= (uint64_t)n;
    else await(n);
  }
  if (SSL_pending(ssl) > 0) fail("the server sends too much");
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
  if (argc < 5) fail("usage: tls-bulk PORT send | receive MIB WARM_MIB [--pid SERVER]");
  struct sockaddr_in address = loopback(argv[1]);
  void (*run)(uint32_t) = strcmp(argv[2], "send") == 0 ? send_all : receive_all;
  uint32_t mib = (uint32_t)strtoul(argv[3], NULL, 10), warm_mib = (uint32_t)strtoul(argv[4], NULL, 10);
  struct plan plan = read_plan(argc, argv, 5);
  ssl = connect_tls(client_context(), &address);
  if (!ssl) die("socket");
  stop_blocking(SSL_get_fd(ssl));
  run(warm_mib);
  struct account account = begin_account(plan.pid);
  run(mib);
  end_account(&account, mib);
  SSL_shutdown(ssl);
  return 0;
}
