// The load for datagrams: keeps FLIGHT of them in flight against an echo server on this host, from so many sockets, with
// recvmmsg(2) and sendmmsg(2). It measures the server from outside, as load.c does.
//
// Usage: udp-load PORT SOCKETS FLIGHT SIZE WARM_MS [--seconds S | --messages M] [--pid SERVER] [--spin]
//
// Warms up, comparing every byte of every echo; then measures, checking the length and the number of each; prints one JSON
// line. A datagram that is not back after LOST_MS is counted as lost, and another takes its place. FLIGHT is for all sockets
// together. It always polls, whatever --spin says: no server is billed for waking it.

#define _GNU_SOURCE
#include <string.h>
#include "load-support.h"

enum { FLIGHT_MAX = 1024, LOST_MS = 1000, HEAD = 8, HINT = 4 * 1024 * 1024 };

// A datagram in flight. It begins with the number of its slot and of its turn, so that one that was given up is known when it comes after all.
struct slot {
  uint32_t turn;
  int flying;
  uint64_t begun;
};

struct link {
  int fd;
  size_t first, count; // Its slots.
  size_t vacant;       // How many of them are not in flight.
};

static size_t size, flight;
static struct slot slots[FLIGHT_MAX];
static char *out[FLIGHT_MAX], *in[FLIGHT_MAX];
static struct iovec in_parts[FLIGHT_MAX], out_parts[FLIGHT_MAX];
static struct mmsghdr in_batch[FLIGHT_MAX], out_batch[FLIGHT_MAX];
static uint64_t lost;

static char *room(size_t bytes) {
  char *memory = malloc(bytes);
  if (!memory) die("malloc");
  return memory;
}

static void prepare(void) {
  for (size_t i = 0; i < flight; i++) {
    out[i] = room(size);
    in[i] = room(size + 1); // A byte more: an echo that is too long is seen.
    for (size_t k = 0; k < size; k++) out[i][k] = (char)(i + k * 31 + k / 251);
    uint32_t number = (uint32_t)i;
    memcpy(out[i], &number, 4);
    in_parts[i] = (struct iovec){in[i], size + 1};
    in_batch[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
  }
}

// Sends in every vacant slot for which something may still begin.
static void fill(struct link *l, struct phase *p, uint64_t now) {
  unsigned count = 0;
  for (size_t i = l->first; i < l->first + l->count; i++) {
    if (slots[i].flying || !more(p, now)) continue;
    slots[i].flying = 1;
    slots[i].begun = now;
    slots[i].turn++;
    memcpy(out[i] + 4, &slots[i].turn, 4);
    out_parts[count] = (struct iovec){out[i], size};
    out_batch[count].msg_hdr = (struct msghdr){.msg_iov = &out_parts[count], .msg_iovlen = 1};
    count++;
    l->vacant--;
  }
  for (unsigned done = 0; done < count;) {
    int n = sendmmsg(l->fd, out_batch + done, count - done, MSG_NOSIGNAL);
    if (n > 0) done += (unsigned)n;
    else if (errno != EAGAIN && errno != EINTR) die("sendmmsg");
  }
}

// Takes what is there; returns how many it was.
static size_t take(struct link *l, struct phase *p) {
  int count = recvmmsg(l->fd, in_batch, (unsigned)l->count, MSG_DONTWAIT, NULL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return 0;
    die("recvmmsg");
  }
  uint64_t now = now_ns();
  size_t taken = 0;
  for (int i = 0; i < count; i++) {
    uint32_t number, turn;
    if (in_batch[i].msg_len != size) fail("the echo has another length than the message");
    memcpy(&number, in[i], 4);
    memcpy(&turn, in[i] + 4, 4);
    if (number < l->first || number >= l->first + l->count) fail("the echo belongs to another socket");
    struct slot *s = &slots[number];
    if (turn != s->turn || !s->flying) {
      if (turn > s->turn) fail("the echo is of a message that was never sent");
      continue; // It was given up.
    }
    if (p->compare && memcmp(in[i], out[number], size) != 0) fail("the echo differs from the message");
    s->flying = 0;
    l->vacant++;
    record(now - s->begun);
    taken++;
  }
  p->done += taken;
  return taken;
}

static void give_up(struct link *l, uint64_t now) {
  for (size_t i = l->first; i < l->first + l->count; i++) {
    if (!slots[i].flying || now - slots[i].begun < LOST_MS * 1000000ull) continue;
    slots[i].flying = 0;
    l->vacant++;
    lost++;
  }
}

static void run(struct phase *p, struct link *links, size_t count) {
  uint64_t now = now_ns(), heard = now, looked = now;
  for (size_t i = 0; i < count; i++) fill(&links[i], p, now);
  for (;;) {
    size_t vacant = 0, taken = 0;
    for (size_t i = 0; i < count; i++) {
      size_t got = take(&links[i], p);
      if (got > 0) fill(&links[i], p, now_ns());
      taken += got;
      vacant += links[i].vacant;
    }
    if (vacant == flight) return;
    now = now_ns();
    if (taken > 0) heard = now;
    if (now - heard > SILENCE_MS * 1000000ull) fail("no echo within ten seconds");
    if (now - looked < LOST_MS * 1000000ull / 4) continue;
    looked = now;
    for (size_t i = 0; i < count; i++) {
      give_up(&links[i], now);
      fill(&links[i], p, now);
    }
  }
}

static int open_to(const struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), hint = HINT;
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &hint, sizeof hint);
  if (connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) die("connect");
  return fd;
}

int main(int argc, char **argv) {
  if (argc < 6) fail("usage: udp-load PORT SOCKETS FLIGHT SIZE WARM_MS [options]");
  struct sockaddr_in address = loopback(argv[1]);
  size_t count = strtoul(argv[2], NULL, 10);
  flight = strtoul(argv[3], NULL, 10);
  size = strtoul(argv[4], NULL, 10);
  struct plan plan = read_plan(argc, argv, 6);
  if (count == 0 || flight == 0 || flight > FLIGHT_MAX || flight % count != 0)
    fail("FLIGHT is at most 1024, and a multiple of SOCKETS");
  if (size < HEAD || size > 65507) fail("SIZE is 8 to 65507");
  prepare();
  struct link *links = calloc(count, sizeof *links);
  if (!links) die("calloc");
  size_t each = flight / count;
  for (size_t i = 0; i < count; i++) links[i] = (struct link){open_to(&address), i * each, each, each};

  struct phase warm = warm_phase(strtoull(argv[5], NULL, 10));
  run(&warm, links, count);
  if (lost > 0) fprintf(stderr, "load: %llu datagrams were lost while warming up\n", (unsigned long long)lost);
  lost = 0;
  struct account account = begin_account(plan.pid);
  struct phase measured = measured_phase(&plan, &account);
  run(&measured, links, count);
  end_account_with(&account, measured.done, lost);
  return 0;
}
