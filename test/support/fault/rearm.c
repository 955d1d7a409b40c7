// Owns what the addon's epolls watch, and the edges that come late, again, or for nothing. It must not know why.
//
// EPOLL_CTL_MOD with the same events looks at the descriptor anew: what is ready makes an edge, as if it had just come.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fault.h"

enum { MOST = 1 << 16, QUEUE = 4096 };

static struct watched {
  int epoll;
  struct epoll_event event;
  uint32_t generation;
  bool present;
  bool underway;
} table[MOST];
static int highest;

// Edges that are still to come, in the order in which they were put off.
static struct later {
  int fd;
  uint32_t generation;
  struct timespec due;
} queue[QUEUE];
static unsigned first, last;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool running;

static bool known(int fd) { return fd >= 0 && fd < MOST; }

// With the lock held.
static void note(int epoll, int operation, int fd, const struct epoll_event* event) {
  struct watched* one = &table[fd];
  one->generation++;
  one->present = operation != EPOLL_CTL_DEL;
  if (one->present) {
    one->epoll = epoll;
    one->event = *event;
    if (fd > highest) highest = fd;
  }
}

int rearm_control(int epoll, int operation, int fd, struct epoll_event* event) {
  if (!known(fd)) return real_epoll_ctl(epoll, operation, fd, event);
  // The call and its note are one step: a thread that waits may have the event of a descriptor that is armed again before
  // this call returns. Noted later, that event would be put off for the descriptor as it was before, and never come.
  pthread_mutex_lock(&mutex);
  const int answer = real_epoll_ctl(epoll, operation, fd, event);
  if (answer == 0) note(epoll, operation, fd, event);
  pthread_mutex_unlock(&mutex);
  return answer;
}

void rearm_forget(int fd) {
  if (!known(fd)) return;
  pthread_mutex_lock(&mutex);
  table[fd].generation++;
  table[fd].present = false;
  table[fd].underway = false;
  for (int i = 0; i <= highest; ++i) {
    if (table[i].present && table[i].epoll == fd) table[i].present = false;
  }
  pthread_mutex_unlock(&mutex);
}

void rearm_underway(int fd) {
  if (known(fd)) table[fd].underway = true;
}

bool rearm_is_underway(int fd) { return known(fd) && table[fd].underway; }

// With the lock held.
static void announce(struct watched* one, int fd) {
  struct epoll_event event = one->event;
  const int saved = errno;
  real_epoll_ctl(one->epoll, EPOLL_CTL_MOD, fd, &event);
  errno = saved;
}

static void* run(void* unused) {
  (void)unused;
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (first == last) pthread_cond_wait(&changed, &mutex);
    const struct later one = queue[first % QUEUE];
    pthread_mutex_unlock(&mutex);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &one.due, NULL) == EINTR) continue;
    pthread_mutex_lock(&mutex);
    ++first;
    struct watched* watched = &table[one.fd];
    if (watched->present && watched->generation == one.generation) announce(watched, one.fd);
  }
  return NULL;
}

// With the lock held; false when it has to be announced at once.
static bool put_off(int fd) {
  if (last - first == QUEUE) return false;
  if (!running) {
    if (real_thread(run) != 0) return false;
    running = true;
  }
  struct later* one = &queue[last % QUEUE];
  one->fd = fd;
  one->generation = table[fd].generation;
  clock_gettime(CLOCK_MONOTONIC, &one->due);
  one->due.tv_nsec += 100000 + (long)fault_below(1500000);
  if (one->due.tv_nsec >= 1000000000) {
    one->due.tv_nsec -= 1000000000;
    one->due.tv_sec++;
  }
  ++last;
  pthread_cond_signal(&changed);
  return true;
}

void rearm(int fd) {
  if (!known(fd)) return;
  pthread_mutex_lock(&mutex);
  struct watched* one = &table[fd];
  if (one->present && (fault_below(2) == 0 || !put_off(fd))) announce(one, fd);
  pthread_mutex_unlock(&mutex);
}

static int descriptor_of(int epoll, const struct epoll_event* event) {
  for (int fd = 0; fd <= highest; ++fd) {
    const struct watched* one = &table[fd];
    if (one->present && one->epoll == epoll && one->event.data.u64 == event->data.u64) return fd;
  }
  return -1;
}

int rearm_events(int epoll, struct epoll_event* events, int count, int room) {
  int kept = 0;
  for (int i = 0; i < count; ++i) {
    if (fault_soft(LATE_EVENT)) {
      pthread_mutex_lock(&mutex);
      const int fd = descriptor_of(epoll, &events[i]);
      pthread_mutex_unlock(&mutex);
      if (fd >= 0) {
        rearm(fd);
        continue;
      }
    }
    events[kept++] = events[i];
  }
  if (kept < room && highest > 0 && fault_soft(SPURIOUS_EVENT)) {
    pthread_mutex_lock(&mutex);
    const int from = (int)fault_below((uint32_t)highest + 1);
    for (int i = 0; i <= highest; ++i) {
      const struct watched* one = &table[(from + i) % (highest + 1)];
      // Of those that are told as long as they are so, and that nobody else reads, a kernel tells nothing that is not so.
      if (!one->present || one->epoll != epoll || (one->event.events & EPOLLET) == 0) continue;
      events[kept] = one->event;
      events[kept++].events &= EPOLLIN | EPOLLOUT;
      break;
    }
    pthread_mutex_unlock(&mutex);
  }
  return kept;
}
