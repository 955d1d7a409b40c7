// Where senders of datagrams send to: a socket that counts what arrives and looks at nothing else. It must be faster than
// any sender, so it copies no bytes (MSG_TRUNC with no room tells the length alone), takes what was sent in one piece as
// one (UDP_GRO), and polls.
//
// Usage: udp-sink SIZE     Prints its port. For each line on its standard input it empties its queue and prints one JSON
//                          line: how many datagrams of SIZE bytes have come since the last. Ends with its standard input.

#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/udp.h>
#include <string.h>
#include "load-support.h"

enum { AT_ONCE = 64, ROOM = 256 * 1024 * 1024, CONTROL = CMSG_SPACE(sizeof(int)) };

static struct mmsghdr batch[AT_ONCE];
static char control[AT_ONCE][CONTROL] __attribute__((aligned(8)));
static size_t size;

// How many datagrams of the right size one message stands for.
static uint64_t datagrams(struct mmsghdr *m) {
  size_t segment = m->msg_len;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c)) {
    int given;
    if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_GRO) continue;
    memcpy(&given, CMSG_DATA(c), sizeof given);
    segment = (size_t)given;
  }
  if (segment != size || m->msg_len % size != 0) fail("a datagram of another size has come");
  return m->msg_len / size;
}

int main(int argc, char **argv) {
  if (argc < 2 || (size = strtoul(argv[1], NULL, 10)) == 0) fail("usage: udp-sink SIZE");
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), room = ROOM, on = 1;
  if (fd < 0) die("socket");
  // Privileged processes may have as much as they like, others what net.core.rmem_max says.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  struct sockaddr_in address = loopback("0");
  socklen_t length = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, length) < 0) die("bind");
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  if (fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0) die("fcntl");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  uint64_t received = 0;
  for (int asked = 0;;) {
    for (int i = 0; i < AT_ONCE; i++)
      batch[i].msg_hdr = (struct msghdr){.msg_control = control[i], .msg_controllen = CONTROL};
    int count = recvmmsg(fd, batch, AT_ONCE, MSG_DONTWAIT | MSG_TRUNC, NULL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) die("recvmmsg");
    for (int i = 0; i < count; i++) received += datagrams(&batch[i]);
    if (count > 0) continue;
    if (asked) {
      printf("{\"received\":%llu}\n", (unsigned long long)received);
      fflush(stdout);
      received = 0;
      asked = 0;
    }
    char line[64];
    ssize_t n = read(STDIN_FILENO, line, sizeof line);
    if (n == 0) return 0;
    if (n > 0) asked = memchr(line, '\n', (size_t)n) != NULL;
  }
}
