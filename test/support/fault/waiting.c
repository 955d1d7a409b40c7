// Owns the stand-ins for what waits: poll, epoll, descriptors that wake, and threads. It must not know when a fault is due.
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/timerfd.h>

#include "stand-in.h"

int ppoll(struct pollfd* set, nfds_t count, const struct timespec* limit, const sigset_t* mask) {
  REAL("ppoll", int, struct pollfd*, nfds_t, const struct timespec*, const sigset_t*);
  if (!OURS) return real(set, count, limit, mask);
  FAIL(CALL_PPOLL);
  const struct timespec now = {0, 0};
  const int ready = real(set, count, &now, mask);
  if (ready != 0) return ready;
  // poll(2) says so only when nothing is ready.
  if (fault_soft(INTERRUPTED)) return (int)failed(EINTR);
  const bool waits = limit == NULL || limit->tv_sec > 0 || limit->tv_nsec > 0;
  if (!waits) return 0;
  if (count > 0 && fault_soft(SPURIOUS_POLL)) {
    struct pollfd* one = &set[fault_below((uint32_t)count)];
    one->revents = one->events & (POLLIN | POLLOUT);
    return one->revents != 0 ? 1 : 0;
  }
  return real(set, count, limit, mask);
}

int epoll_create1(int flags) {
  REAL("epoll_create1", int, int);
  if (OURS) FAIL(CALL_EPOLL_CREATE);
  return real(flags);
}

int real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event* event) {
  REAL("epoll_ctl", int, int, int, int, struct epoll_event*);
  return real(epoll, operation, fd, event);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event* event) {
  if (!OURS) return real_epoll_ctl(epoll, operation, fd, event);
  if (operation == EPOLL_CTL_ADD) FAIL(CALL_EPOLL_ADD);
  return rearm_control(epoll, operation, fd, event);
}

int epoll_wait(int epoll, struct epoll_event* events, int room, int ms) {
  REAL("epoll_wait", int, int, struct epoll_event*, int, int);
  if (!OURS) return real(epoll, events, room, ms);
  if (fault_soft(INTERRUPTED)) return (int)failed(EINTR);
  const int count = real(epoll, events, room, ms);
  return count < 0 ? count : rearm_events(epoll, events, count, room);
}

int eventfd(unsigned value, int flags) {
  REAL("eventfd", int, unsigned, int);
  if (OURS) FAIL(CALL_EVENTFD);
  return real(value, flags);
}

int timerfd_create(int clock, int flags) {
  REAL("timerfd_create", int, int, int);
  if (OURS) FAIL(CALL_TIMERFD);
  return real(clock, flags);
}

int timerfd_settime(int fd, int flags, const struct itimerspec* value, struct itimerspec* before) {
  REAL("timerfd_settime", int, int, int, const struct itimerspec*, struct itimerspec*);
  if (OURS) FAIL(CALL_TIMER);
  return real(fd, flags, value, before);
}

typedef int (*ThreadCreate)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* data) {
  static ThreadCreate real;
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "pthread_create");
  const int error = OURS ? fault_hard(CALL_THREAD) : 0;
  return error != 0 ? error : real(thread, attributes, run, data);
}

int real_thread(void* (*run)(void*)) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = ((ThreadCreate)dlsym(RTLD_NEXT, "pthread_create"))(&thread, NULL, run, NULL);
  if (error == 0) pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}
