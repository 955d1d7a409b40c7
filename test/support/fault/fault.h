// Owns what the parts of the fault injector share. It must not know which test runs, nor JavaScript.
//
// The injector is loaded before the C library (LD_PRELOAD) and stands between it and the addon: calls whose return address
// lies in berkeley*.node may be made to fail, those of everybody else pass through. What it does is said by the environment:
//
//   BERKELEY_FAULT_SEED     faults that nobody may notice, chosen from this seed: short transfers, EINTR, EAGAIN,
//                           ECONNABORTED, readiness that comes late or for nothing
//   BERKELEY_FAULT_LOG      a file that gets a line with the number of each fault when the process ends
//   BERKELEY_FAULT_CONTROL  a file of integers, shared with the test, that says which call fails next: see struct control
#ifndef BERKELEY_FAULT_H
#define BERKELEY_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// Faults that nobody may notice.
#define SOFT_FAULTS(X) \
  X(INTERRUPTED)       \
  X(SHORT_RECEIVE)     \
  X(SHORT_SEND)        \
  X(SHORT_FILE)        \
  X(FEWER_MESSAGES)    \
  X(NOT_YET_RECEIVE)   \
  X(NOT_YET_SEND)      \
  X(NOT_YET_ACCEPT)    \
  X(NOT_YET_CONNECT)   \
  X(ABORTED)           \
  X(LATE_EVENT)        \
  X(SPURIOUS_EVENT)    \
  X(SPURIOUS_POLL)

// Calls that may fail for good. test/trust/faults-kit.ts has the same list in the same order.
#define CALLS(X)   \
  X(SOCKET)        \
  X(SOCKETPAIR)    \
  X(ACCEPT)        \
  X(CONNECT)       \
  X(BIND)          \
  X(LISTEN)        \
  X(SHUTDOWN)      \
  X(GETSOCKNAME)   \
  X(GETPEERNAME)   \
  X(GETSOCKOPT)    \
  X(SETSOCKOPT)    \
  X(IOCTL)         \
  X(RECEIVE)       \
  X(SEND)          \
  X(READ)          \
  X(SENDFILE)      \
  X(SPLICE)        \
  X(OPEN)          \
  X(PIPE)          \
  X(FCNTL)         \
  X(FSTAT)         \
  X(PPOLL)         \
  X(EPOLL_CREATE)  \
  X(EPOLL_ADD)     \
  X(EVENTFD)       \
  X(TIMERFD)       \
  X(TIMER)         \
  X(THREAD)

#define NAME(one) one,
enum soft { SOFT_FAULTS(NAME) SOFT_COUNT };
#undef NAME
#define NAME(one) CALL_##one,
enum call { CALLS(NAME) CALL_COUNT };
#undef NAME

// Shared with the test, which writes it with pwrite(2) and reads it with pread(2).
struct control {
  int32_t error;      // what the call fails with; 0: nothing fails
  int32_t countdown;  // 1: the next of the calls below
  int32_t calls;      // a bit for each of enum call
  int32_t repeat;     // how many fail from there on
  int32_t seen;       // calls below that were made since, the failed ones included
  int32_t failed;     // how many of them failed
  int32_t which;      // enum call of the first that failed
  int32_t exact;      // not 0: the test knows what the kernel has, and when, so nothing is cut or put off
  int32_t seed;       // not 0: this seed from now on, instead of that of the environment
};

// decide.c
bool fault_ours(const void* caller);
// Whether this fault is to be made now; counts it.
bool fault_soft(enum soft kind);
// The error that the test wants of this call, or 0.
int fault_hard(enum call call);
// A number below `limit`.
uint32_t fault_below(uint32_t limit);
// What a transfer of `length` is cut to: at least 1, less than `length` if that is above 1.
size_t fault_cut(size_t length);

// rearm.c: edges. What was held back from the addon has to be announced again, as when it had arrived later.
int rearm_control(int epoll, int operation, int fd, struct epoll_event* event);
void rearm_forget(int fd);
// The edge of this descriptor comes once more, now or in a moment.
void rearm(int fd);
int rearm_events(int epoll, struct epoll_event* events, int count, int room);
void rearm_underway(int fd);
bool rearm_is_underway(int fd);

// waiting.c
int real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event* event);
int real_thread(void* (*run)(void*));

#endif
