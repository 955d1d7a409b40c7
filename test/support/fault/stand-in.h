// Owns what the functions share that stand in for those of the C library: how the real one is found, and how a call fails instead.
// It must not know when a fault is due.
//
// Every fault is one that a kernel may answer at that place. A transfer that was cut short, or put off though it could
// have been done, is followed by a new edge, as when the rest had come a moment later.
#ifndef BERKELEY_FAULT_STAND_IN_H
#define BERKELEY_FAULT_STAND_IN_H

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "fault.h"

#define REAL(name, result, ...)                                                  \
  static result (*real)(__VA_ARGS__);                                            \
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, name)
#define OURS fault_ours(__builtin_return_address(0))

static inline long failed(int error) {
  errno = error;
  return -1;
}

// For calls that take effect or fail: an error for good, or a signal that came first.
#define FAIL_OR_INTERRUPT(call)                        \
  do {                                                 \
    const int error = fault_hard(call);                \
    if (error != 0) return (int)failed(error);         \
    if (fault_soft(INTERRUPTED)) return (int)failed(EINTR); \
  } while (0)
#define FAIL(call)                             \
  do {                                         \
    const int error = fault_hard(call);        \
    if (error != 0) return (int)failed(error); \
  } while (0)

// Between "takes a little more" and "writable" a socket takes bytes and has no edge to announce: from a quarter of the buffer
// of a Unix socket on, and from two thirds of TCP's. No kernel answers EAGAIN there.
static inline bool may_be_put_off(enum soft not_yet, int fd) {
  if (not_yet != NOT_YET_SEND) return true;
  struct pollfd one = {.fd = fd, .events = POLLOUT};
  return poll(&one, 1, 0) == 1 && (one.revents & POLLOUT) != 0;
}

// An errno for a transfer that does not take place, or 0.
static inline int refused(enum call call, enum soft not_yet, int fd, int flags) {
  const int error = fault_hard(call);
  if (error != 0) return error;
  if (fault_soft(INTERRUPTED)) return EINTR;
  if ((flags & (MSG_OOB | MSG_ERRQUEUE)) == 0 && may_be_put_off(not_yet, fd) && fault_soft(not_yet)) {
    rearm(fd);
    return EAGAIN;
  }
  return 0;
}

#endif
