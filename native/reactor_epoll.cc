// Owns epoll(7) and timerfd_create(2). It must not know JavaScript or who waits.
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "ownership.h"
#include "reactor.h"

static const int32_t timer_token = -1;

static uint64_t pack(int32_t token, int32_t generation) {
  return static_cast<uint64_t>(static_cast<uint32_t>(token)) << 32 | static_cast<uint32_t>(generation);
}

int poller_open(Poller* poller) {
  poller->timer = -1;
  poller->descriptor = epoll_create1(EPOLL_CLOEXEC);
  if (poller->descriptor < 0) return -errno;
  poller->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  const int added = poller->timer < 0 ? -errno : poller_add(poller, poller->timer, timer_token, 0, EPOLLIN);
  if (added < 0) {
    if (poller->timer >= 0) close(poller->timer);
    close(poller->descriptor);
    return added;
  }
  ownership_enter_internal(poller->descriptor);
  ownership_enter_internal(poller->timer);
  return 0;
}

void poller_close(Poller* poller) {
  ownership_close_internal(poller->timer);
  ownership_close_internal(poller->descriptor);
}

int poller_add(Poller* poller, int fd, int32_t token, int32_t generation, uint32_t events) {
  epoll_event event;
  event.events = events | EPOLLET;
  event.data.u64 = pack(token, generation);
  return epoll_ctl(poller->descriptor, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

int poller_remove(Poller* poller, int fd) {
  epoll_event unused = {};
  return epoll_ctl(poller->descriptor, EPOLL_CTL_DEL, fd, &unused) == 0 ? 0 : -errno;
}

int poller_timer(Poller* poller, int64_t nanoseconds) {
  itimerspec spec = {};
  // All zero would disarm; a time that is over already is the shortest there is.
  if (nanoseconds >= 0) spec.it_value = timespec_of(nanoseconds > 0 ? nanoseconds : 1);
  return timerfd_settime(poller->timer, 0, &spec, nullptr) == 0 ? 0 : -errno;
}

// False when it was armed anew since. Its edge comes once, so a read that failed otherwise counts as fired: to look at the
// limits too early does no harm.
static bool has_fired(int timer) {
  uint64_t expirations;
  return read(timer, &expirations, sizeof expirations) >= 0 || errno != EAGAIN;
}

int poller_take(Poller* poller, int32_t* triples, int capacity) {
  const int chunk = 256;
  epoll_event events[chunk];
  int taken = 0;
  while (taken < capacity) {
    const int room = capacity - taken < chunk ? capacity - taken : chunk;
    const int count = epoll_wait(poller->descriptor, events, room, 0);
    if (count <= 0) break;
    for (int i = 0; i < count; ++i) {
      const int32_t token = static_cast<int32_t>(events[i].data.u64 >> 32);
      if (token == timer_token && !has_fired(poller->timer)) continue;
      int32_t* triple = triples + taken * 3;
      triple[0] = token;
      triple[1] = static_cast<int32_t>(events[i].data.u64 & 0xffffffff);
      triple[2] = static_cast<int32_t>(events[i].events);
      ++taken;
    }
    if (count < room) break;
  }
  return taken;
}
