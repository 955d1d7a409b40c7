// Owns the bad network: two TUN devices in two network namespaces, "near" in the one it is started in and "far" in one of its
// own, and every packet between them. From a seed it loses, delays, reorders, duplicates and corrupts them, limits their
// bandwidth, and goes dead. It must not know what is tested.
//
//   link SEED        orders come as lines, each is answered by one line when it holds
//
//   WAY is there (near to far), back, or both.
//   WAY loss P | duplicate P | corrupt P       a share of the packets; a corrupt one has one bit flipped
//   WAY delay MS JITTER                        MS, give or take up to JITTER, each packet for itself
//   WAY reorder P                              a share that is held back by MS once more, and so overtaken by what comes behind it
//   WAY rate BYTES QUEUE                       so many bytes a second; what finds QUEUE bytes waiting is lost. 0 is no limit
//   WAY mtu BYTES                              what is longer is lost and reported, as routers do. 0 is no limit
//   WAY dead 0|1                               nothing arrives any more, not even what is on its way
//   WAY hole ADDRESS|-                         nothing arrives at this address
//   WAY lose N                                 the Nth TCP segment from now is lost; 0 takes that back
//   after MS ORDER                             the same, later, and answered now
//   counts                                     is answered by what was done so far, in JSON
//
// It ends, with the counts, when its input does.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define LONGEST 65536

typedef struct {
  int from, to;
  uint64_t random;
  double loss, duplicate, corrupt, reorder, rate, queue;
  int64_t delay, jitter, free_at;
  int mtu, hole_length;
  bool dead;
  long lose;
  unsigned char hole[16];
  struct { long packets, bytes, lost, duplicated, corrupted, reordered, overflowed, dead, holed, long_ones, refused; } n;
} Way;

typedef struct {
  int64_t due;
  uint64_t order;
  Way *way;
  int length;
  unsigned char bytes[];
} Packet;

typedef struct { int64_t due; char order[200]; } Later;

static Way there, back;
static Packet *heap[MOST];
static int waiting;
static uint64_t orders;
static Later later[64];
static int laters;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// splitmix64: each way has its own, so that its fate does not depend on the other's packets.
static uint64_t draw(Way *way) {
  uint64_t z = way->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static bool chance(Way *way, double share) { return (double)(draw(way) >> 11) / 9007199254740992.0 < share; }

static bool sooner(const Packet *a, const Packet *b) { return a->due != b->due ? a->due < b->due : a->order < b->order; }

static void push(Packet *packet) {
  int at = waiting++;
  for (int up; at > 0 && sooner(packet, heap[up = (at - 1) / 2]); at = up) heap[at] = heap[up];
  heap[at] = packet;
}

static Packet *pop(void) {
  Packet *first = heap[0], *last = heap[--waiting];
  int at = 0;
  for (int down; (down = 2 * at + 1) < waiting; at = down) {
    if (down + 1 < waiting && sooner(heap[down + 1], heap[down])) down++;
    if (!sooner(heap[down], last)) break;
    heap[at] = heap[down];
  }
  heap[at] = last;
  return first;
}

static bool is_six(const unsigned char *bytes) { return bytes[0] >> 4 == 6; }

static bool is_tcp(const unsigned char *bytes) { return bytes[is_six(bytes) ? 6 : 9] == 6; }

static bool into_hole(const Way *way, const unsigned char *bytes) {
  return way->hole_length == (is_six(bytes) ? 16 : 4) &&
         memcmp(bytes + (is_six(bytes) ? 24 : 16), way->hole, (size_t)way->hole_length) == 0;
}

static uint32_t sum(const unsigned char *bytes, int length, uint32_t total) {
  for (int i = 0; i < length; i++) total += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
  return total;
}

static void put_checksum(unsigned char *at, uint32_t total) {
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  at[0] = (unsigned char)(~total >> 8);
  at[1] = (unsigned char)~total;
}

// RFC 792 "fragmentation needed", RFC 4443 "packet too big": the sender learns the MTU of the path.
static void report_length(Way *way, const unsigned char *bytes, int length) {
  unsigned char out[1280] = {0};
  int head = is_six(bytes) ? 40 : 20, most = is_six(bytes) ? 1280 - 48 : 576 - 28, kept = length < most ? length : most;
  unsigned char *icmp = out + head;
  int size = 8 + kept;
  memcpy(icmp + 8, bytes, (size_t)kept);
  icmp[6] = (unsigned char)(way->mtu >> 8);
  icmp[7] = (unsigned char)way->mtu;
  if (is_six(bytes)) {
    out[0] = 0x60, out[4] = (unsigned char)(size >> 8), out[5] = (unsigned char)size, out[6] = 58, out[7] = 64;
    memcpy(out + 8, bytes + 24, 16);
    memcpy(out + 24, bytes + 8, 16);
    icmp[0] = 2;
    put_checksum(icmp + 2, sum(icmp, size, sum(out + 8, 32, (uint32_t)size + 58)));
  } else {
    out[0] = 0x45, out[2] = (unsigned char)((head + size) >> 8), out[3] = (unsigned char)(head + size), out[8] = 64, out[9] = 1;
    memcpy(out + 12, bytes + 16, 4);
    memcpy(out + 16, bytes + 12, 4);
    put_checksum(out + 10, sum(out, 20, 0));
    icmp[0] = 3, icmp[1] = 4;
    put_checksum(icmp + 2, sum(icmp, size, 0));
  }
  if (write(way->from, out, (size_t)(head + size)) < 0) way->n.refused++;
}

static void send_off(Way *way, const unsigned char *bytes, int length, int64_t at) {
  if (waiting == MOST) {
    way->n.overflowed++;
    return;
  }
  Packet *packet = malloc(sizeof *packet + (size_t)length);
  if (!packet) fail("malloc");
  packet->way = way, packet->order = orders++, packet->length = length;
  memcpy(packet->bytes, bytes, (size_t)length);
  packet->due = at + way->delay;
  if (way->jitter) packet->due += (int64_t)(draw(way) % (uint64_t)(2 * way->jitter)) - way->jitter;
  if (way->delay && chance(way, way->reorder)) packet->due += way->delay, way->n.reordered++;
  if (chance(way, way->corrupt)) {
    uint64_t bit = draw(way) % ((uint64_t)length * 8);
    packet->bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    way->n.corrupted++;
  }
  push(packet);
}

static void take(Way *way, const unsigned char *bytes, int length) {
  int64_t at = now();
  // What the hosts say to routers and groups by themselves: it would be counted.
  if (bytes[0] >> 4 == 6 && bytes[24] == 0xff) return;
  if (way->dead) way->n.dead++;
  else if (into_hole(way, bytes)) way->n.holed++;
  else if (way->lose && is_tcp(bytes) && --way->lose == 0) way->n.lost++;
  else if (way->mtu && length > way->mtu) way->n.long_ones++, report_length(way, bytes, length);
  else if (chance(way, way->loss)) way->n.lost++;
  else {
    if (way->rate > 0) {
      if (way->free_at < at) way->free_at = at;
      if ((double)(way->free_at - at) * way->rate / 1e9 > way->queue) {
        way->n.overflowed++;
        return;
      }
      at = way->free_at += (int64_t)(length * 1e9 / way->rate);
    }
    send_off(way, bytes, length, at);
    if (chance(way, way->duplicate)) way->n.duplicated++, send_off(way, bytes, length, at);
  }
}

static void deliver(Packet *packet) {
  Way *way = packet->way;
  if (way->dead) way->n.dead++;
  else if (write(way->to, packet->bytes, (size_t)packet->length) < 0) way->n.refused++;
  else way->n.packets++, way->n.bytes += packet->length;
  free(packet);
}

static void print_counts(const char *name, const Way *way, const char *after) {
  printf("\"%s\":{\"packets\":%ld,\"bytes\":%ld,\"lost\":%ld,\"duplicated\":%ld,\"corrupted\":%ld,\"reordered\":%ld,"
         "\"overflowed\":%ld,\"dead\":%ld,\"holed\":%ld,\"long\":%ld,\"refused\":%ld}%s",
         name, way->n.packets, way->n.bytes, way->n.lost, way->n.duplicated, way->n.corrupted, way->n.reordered,
         way->n.overflowed, way->n.dead, way->n.holed, way->n.long_ones, way->n.refused, after);
}

static void tell(void) {
  printf("{");
  print_counts("there", &there, ",");
  print_counts("back", &back, "}\n");
}

static bool set(Way *way, const char *what, const char *value, const char *second) {
  double number = atof(value);
  if (!strcmp(what, "loss")) way->loss = number;
  else if (!strcmp(what, "duplicate")) way->duplicate = number;
  else if (!strcmp(what, "corrupt")) way->corrupt = number;
  else if (!strcmp(what, "reorder")) way->reorder = number;
  else if (!strcmp(what, "delay")) way->delay = (int64_t)(number * 1e6), way->jitter = (int64_t)(atof(second) * 1e6);
  else if (!strcmp(what, "rate")) way->rate = number, way->queue = atof(second), way->free_at = 0;
  else if (!strcmp(what, "mtu")) way->mtu = (int)number;
  else if (!strcmp(what, "dead")) way->dead = number != 0;
  else if (!strcmp(what, "lose")) way->lose = (long)number;
  else if (strcmp(what, "hole")) return false;
  else if (!strcmp(value, "-")) way->hole_length = 0;
  else {
    bool six = strchr(value, ':');
    if (inet_pton(six ? AF_INET6 : AF_INET, value, way->hole) != 1) return false;
    way->hole_length = six ? 16 : 4;
  }
  return true;
}

static bool obey(const char *order) {
  char which[16] = "", what[16] = "", value[64] = "", second[32] = "0";
  int ms, at;
  if (sscanf(order, "after %d %n", &ms, &at) == 1) {
    if (laters == (int)(sizeof later / sizeof *later)) return false;
    later[laters].due = now() + (int64_t)ms * 1000000;
    snprintf(later[laters++].order, sizeof later->order, "%s", order + at);
    return true;
  }
  if (sscanf(order, "%15s %15s %63s %31s", which, what, value, second) < 3) return false;
  bool both = !strcmp(which, "both");
  if (!both && strcmp(which, "there") && strcmp(which, "back")) return false;
  return (!(both || which[0] == 't') || set(&there, what, value, second)) &&
         (!(both || which[0] == 'b') || set(&back, what, value, second));
}

// Lines of orders, which may come in pieces. False at the end of the input.
static bool listen_to_orders(void) {
  static char text[4096];
  static size_t length;
  ssize_t n = read(0, text + length, sizeof text - 1 - length);
  if (n <= 0) return false;
  text[length += (size_t)n] = 0;
  char *line = text;
  for (char *end; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    if (!strcmp(line, "counts")) tell();
    else printf("%s\n", obey(line) ? "ok" : "what?");
  }
  length = strlen(line);
  memmove(text, line, length + 1);
  fflush(stdout);
  return true;
}

static void obey_what_is_due(void) {
  for (int i = 0; i < laters; i++) {
    if (later[i].due > now()) continue;
    Later it = later[i];
    memmove(later + i, later + i + 1, (size_t)(--laters - i) * sizeof *later);
    i = -1;
    obey(it.order);
  }
}

static int device(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail("/dev/net/tun");
  if (ioctl(fd, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  return fd;
}

static void read_all(Way *way) {
  static unsigned char bytes[LONGEST];
  // A bound, so that a sender at full speed does not keep the rest waiting.
  for (int i = 0; i < 64; i++) {
    ssize_t n = read(way->from, bytes, sizeof bytes);
    if (n <= 0) return;
    take(way, bytes, (int)n);
  }
}

int main(int argc, char **argv) {
  uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  there.random = seed * 2, back.random = seed * 2 + 1;
  there.from = back.to = device("near");
  if (unshare(CLONE_NEWNET) < 0) fail("unshare");
  there.to = back.from = device("far");
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    int64_t next = waiting ? heap[0]->due : INT64_MAX;
    for (int i = 0; i < laters; i++)
      if (later[i].due < next) next = later[i].due;
    int64_t left = next == INT64_MAX ? 60000000000 : next - now();
    if (left < 0) left = 0;
    struct timespec pause = {left / 1000000000, left % 1000000000};
    struct pollfd polled[] = {{0, POLLIN, 0}, {there.from, POLLIN, 0}, {back.from, POLLIN, 0}};
    if (ppoll(polled, 3, &pause, NULL) < 0 && errno != EINTR) fail("ppoll");
    if (polled[0].revents && !listen_to_orders()) break;
    obey_what_is_due();
    if (polled[1].revents) read_all(&there);
    if (polled[2].revents) read_all(&back);
    while (waiting && heap[0]->due <= now()) deliver(pop());
  }
  tell();
  return 0;
}
