// Owns the functions that stand in for those of the C library. It must not know when a fault is due.
//
// Every fault here is one that a kernel may answer at that place. A transfer that was cut short, or put off though it could
// have been done, is followed by a new edge, as when the rest had come a moment later.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fault.h"

#define REAL(name, result, ...)                                                  \
  static result (*real)(__VA_ARGS__);                                            \
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, name)
#define OURS fault_ours(__builtin_return_address(0))

static long failed(int error) {
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

static bool is_stream(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  const int saved = errno;
  const bool answered = syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
  errno = saved;
  return answered && type == SOCK_STREAM;
}

// What a receive with these flags finds is not the queue, or stays in it.
static bool plain(int flags) { return (flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE)) == 0; }

// ---- syscall(2): transfers

typedef long (*Syscall)(long, ...);

static long receive_bytes(Syscall real, int fd, void* data, size_t length, int flags, long name, long name_length) {
  const bool cut = plain(flags) && length > 1 && is_stream(fd) && fault_soft(SHORT_RECEIVE);
  const size_t wanted = cut ? fault_cut(length) : length;
  const long n = real(SYS_recvfrom, fd, data, wanted, flags, name, name_length);
  if (cut && n == (long)wanted) rearm(fd);
  return n;
}

static long send_bytes(Syscall real, int fd, const void* data, size_t length, int flags, long name, long name_length) {
  const bool cut = (flags & MSG_OOB) == 0 && length > 1 && is_stream(fd) && fault_soft(SHORT_SEND);
  const long n = real(SYS_sendto, fd, data, cut ? fault_cut(length) : length, flags, name, name_length);
  if (cut && n > 0) rearm(fd);
  return n;
}

// The vectors of a message, cut to so many bytes.
static size_t cut_vectors(const struct msghdr* message, struct iovec* out, size_t most, size_t wanted) {
  size_t used = 0;
  for (size_t i = 0; i < message->msg_iovlen && used < most && wanted > 0; ++i) {
    out[used] = message->msg_iov[i];
    if (out[used].iov_len > wanted) out[used].iov_len = wanted;
    wanted -= out[used++].iov_len;
  }
  return used;
}

static size_t length_of(const struct msghdr* message) {
  size_t length = 0;
  for (size_t i = 0; i < message->msg_iovlen; ++i) length += message->msg_iov[i].iov_len;
  return length;
}

static long receive_message(Syscall real, int fd, struct msghdr* message, int flags) {
  const size_t length = length_of(message);
  if (!plain(flags) || length < 2 || message->msg_iovlen != 1 || !is_stream(fd) || !fault_soft(SHORT_RECEIVE)) {
    return real(SYS_recvmsg, fd, message, flags);
  }
  struct iovec* vector = message->msg_iov;
  const size_t whole = vector->iov_len;
  vector->iov_len = fault_cut(length);
  const long n = real(SYS_recvmsg, fd, message, flags);
  if (n == (long)vector->iov_len) rearm(fd);
  vector->iov_len = whole;
  return n;
}

static long send_message(Syscall real, int fd, const struct msghdr* message, int flags) {
  const size_t length = length_of(message);
  if (length < 2 || !is_stream(fd) || !fault_soft(SHORT_SEND)) return real(SYS_sendmsg, fd, message, flags);
  struct iovec vectors[1024];
  struct msghdr part = *message;
  part.msg_iov = vectors;
  part.msg_iovlen = cut_vectors(message, vectors, 1024, fault_cut(length));
  const long n = real(SYS_sendmsg, fd, &part, flags);
  if (n > 0) rearm(fd);
  return n;
}

static long messages(Syscall real, long number, int fd, void* table, unsigned count, int flags) {
  const bool cut = count > 1 && plain(flags) && fault_soft(FEWER_MESSAGES);
  const unsigned wanted = cut ? (unsigned)fault_cut(count) : count;
  const long n = real(number, fd, table, wanted, flags, NULL);
  if (cut && n == (long)wanted) rearm(fd);
  return n;
}

// An errno for a transfer that does not take place, or 0.
static int refused(enum call call, enum soft not_yet, int fd, int flags) {
  const int error = fault_hard(call);
  if (error != 0) return error;
  if (fault_soft(INTERRUPTED)) return EINTR;
  if ((flags & (MSG_OOB | MSG_ERRQUEUE)) == 0 && fault_soft(not_yet)) {
    rearm(fd);
    return EAGAIN;
  }
  return 0;
}

long syscall(long number, ...) {
  REAL("syscall", long, long, ...);
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long);
  va_end(list);
  const int fd = (int)a[0];
  int error = 0;
  if (!OURS) return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  switch (number) {
    case SYS_recvfrom:
      error = refused(CALL_RECEIVE, NOT_YET_RECEIVE, fd, (int)a[3]);
      if (error != 0) return failed(error);
      return receive_bytes(real, fd, (void*)a[1], (size_t)a[2], (int)a[3], a[4], a[5]);
    case SYS_sendto:
      error = refused(CALL_SEND, NOT_YET_SEND, fd, (int)a[3]);
      if (error != 0) return failed(error);
      return send_bytes(real, fd, (const void*)a[1], (size_t)a[2], (int)a[3], a[4], a[5]);
    case SYS_recvmsg:
      error = refused(CALL_RECEIVE, NOT_YET_RECEIVE, fd, (int)a[2]);
      if (error != 0) return failed(error);
      return receive_message(real, fd, (struct msghdr*)a[1], (int)a[2]);
    case SYS_sendmsg:
      error = refused(CALL_SEND, NOT_YET_SEND, fd, (int)a[2]);
      if (error != 0) return failed(error);
      return send_message(real, fd, (const struct msghdr*)a[1], (int)a[2]);
    case SYS_recvmmsg:
      error = refused(CALL_RECEIVE, NOT_YET_RECEIVE, fd, (int)a[3]);
      if (error != 0) return failed(error);
      return messages(real, number, fd, (void*)a[1], (unsigned)a[2], (int)a[3]);
    case SYS_sendmmsg:
      error = refused(CALL_SEND, NOT_YET_SEND, fd, (int)a[3]);
      if (error != 0) return failed(error);
      return messages(real, number, fd, (void*)a[1], (unsigned)a[2], (int)a[3]);
    default:
      return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  REAL("sendmsg", ssize_t, int, const struct msghdr*, int);
  if (!OURS) return real(fd, message, flags);
  const int error = refused(CALL_SEND, NOT_YET_SEND, fd, flags);
  return error != 0 ? failed(error) : send_message((Syscall)dlsym(RTLD_NEXT, "syscall"), fd, message, flags);
}

// ---- files and pipes

ssize_t read(int fd, void* data, size_t length) {
  REAL("read", ssize_t, int, void*, size_t);
  if (!OURS) return real(fd, data, length);
  FAIL_OR_INTERRUPT(CALL_READ);
  // Eight bytes are a timer's count, which is whole.
  return real(fd, data, length > 8 && fault_soft(SHORT_FILE) ? fault_cut(length) : length);
}

ssize_t pread64(int fd, void* data, size_t length, off64_t position) {
  REAL("pread64", ssize_t, int, void*, size_t, off64_t);
  if (!OURS) return real(fd, data, length, position);
  FAIL_OR_INTERRUPT(CALL_READ);
  return real(fd, data, fault_soft(SHORT_FILE) ? fault_cut(length) : length, position);
}

ssize_t sendfile64(int to, int from, off64_t* position, size_t length) {
  REAL("sendfile64", ssize_t, int, int, off64_t*, size_t);
  if (!OURS) return real(to, from, position, length);
  const int error = refused(CALL_SENDFILE, NOT_YET_SEND, to, 0);
  if (error != 0) return failed(error);
  const bool cut = fault_soft(SHORT_SEND);
  const ssize_t n = real(to, from, position, cut ? fault_cut(length) : length);
  if (cut && n > 0) rearm(to);
  return n;
}

ssize_t splice(int from, off64_t* from_at, int to, off64_t* to_at, size_t length, unsigned flags) {
  REAL("splice", ssize_t, int, off64_t*, int, off64_t*, size_t, unsigned);
  if (!OURS) return real(from, from_at, to, to_at, length, flags);
  const int error = refused(CALL_SPLICE, NOT_YET_SEND, to, 0);
  if (error == EAGAIN) rearm(from);
  if (error != 0) return failed(error);
  const bool cut = fault_soft(SHORT_SEND);
  const ssize_t n = real(from, from_at, to, to_at, cut ? fault_cut(length) : length, flags);
  if (cut && n > 0) {
    rearm(from);
    rearm(to);
  }
  return n;
}

int open64(const char* path, int flags, ...) {
  REAL("open64", int, const char*, int, ...);
  va_list list;
  va_start(list, flags);
  const unsigned mode = va_arg(list, unsigned);
  va_end(list);
  if (OURS) FAIL_OR_INTERRUPT(CALL_OPEN);
  return real(path, flags, mode);
}

// The name under which fstat(2) is called: native/glibc_versions.h.
int __fxstat(int version, int fd, struct stat* facts) {
  (void)version;
  REAL("fstat", int, int, struct stat*);
  if (OURS) FAIL_OR_INTERRUPT(CALL_FSTAT);
  return real(fd, facts);
}

int pipe2(int ends[2], int flags) {
  REAL("pipe2", int, int*, int);
  if (OURS) FAIL_OR_INTERRUPT(CALL_PIPE);
  return real(ends, flags);
}

int fcntl64(int fd, int command, ...) {
  REAL("fcntl64", int, int, int, ...);
  va_list list;
  va_start(list, command);
  const long argument = va_arg(list, long);
  va_end(list);
  if (OURS) FAIL_OR_INTERRUPT(CALL_FCNTL);
  return real(fd, command, argument);
}

int close(int fd) {
  REAL("close", int, int);
  if (!OURS) return real(fd);
  rearm_forget(fd);
  const int answer = real(fd);
  // close(2): the number is free whatever the answer is.
  return answer == 0 && fault_soft(INTERRUPTED) ? (int)failed(EINTR) : answer;
}

// ---- sockets

int socket(int domain, int type, int protocol) {
  REAL("socket", int, int, int, int);
  if (OURS) FAIL_OR_INTERRUPT(CALL_SOCKET);
  return real(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int pair[2]) {
  REAL("socketpair", int, int, int, int, int*);
  if (OURS) FAIL_OR_INTERRUPT(CALL_SOCKETPAIR);
  return real(domain, type, protocol, pair);
}

int accept4(int fd, struct sockaddr* peer, socklen_t* length, int flags) {
  REAL("accept4", int, int, struct sockaddr*, socklen_t*, int);
  if (OURS) {
    const int error = refused(CALL_ACCEPT, NOT_YET_ACCEPT, fd, 0);
    if (error != 0) return (int)failed(error);
    // Another connection was ended before it was accepted. This one stays in the queue.
    if (fault_soft(ABORTED)) return (int)failed(ECONNABORTED);
  }
  return real(fd, peer, length, flags);
}

int connect(int fd, const struct sockaddr* peer, socklen_t length) {
  REAL("connect", int, int, const struct sockaddr*, socklen_t);
  if (!OURS) return real(fd, peer, length);
  const int error = fault_hard(CALL_CONNECT);
  if (error != 0) return (int)failed(error);
  if (fault_soft(INTERRUPTED)) {
    // connect(2): an interrupted one goes on in the background. A local one is interrupted only before it is done.
    if (peer->sa_family != AF_UNIX && fault_below(2) == 0 && real(fd, peer, length) != 0) {
      if (errno != EINPROGRESS) return -1;
      rearm_underway(fd);
    }
    return (int)failed(EINTR);
  }
  if (rearm_is_underway(fd)) {
    if (fault_soft(NOT_YET_CONNECT)) {
      rearm(fd);
      return (int)failed(EALREADY);
    }
  } else if (peer->sa_family == AF_UNIX && fault_soft(NOT_YET_CONNECT)) {
    return (int)failed(EAGAIN);
  }
  const int answer = real(fd, peer, length);
  if (answer != 0 && errno == EINPROGRESS) rearm_underway(fd);
  return answer;
}

int bind(int fd, const struct sockaddr* name, socklen_t length) {
  REAL("bind", int, int, const struct sockaddr*, socklen_t);
  if (OURS) FAIL_OR_INTERRUPT(CALL_BIND);
  return real(fd, name, length);
}

int listen(int fd, int backlog) {
  REAL("listen", int, int, int);
  if (OURS) FAIL_OR_INTERRUPT(CALL_LISTEN);
  return real(fd, backlog);
}

int shutdown(int fd, int how) {
  REAL("shutdown", int, int, int);
  if (OURS) FAIL_OR_INTERRUPT(CALL_SHUTDOWN);
  return real(fd, how);
}

int getsockname(int fd, struct sockaddr* name, socklen_t* length) {
  REAL("getsockname", int, int, struct sockaddr*, socklen_t*);
  if (OURS) FAIL_OR_INTERRUPT(CALL_GETSOCKNAME);
  return real(fd, name, length);
}

int getpeername(int fd, struct sockaddr* name, socklen_t* length) {
  REAL("getpeername", int, int, struct sockaddr*, socklen_t*);
  if (OURS) FAIL_OR_INTERRUPT(CALL_GETPEERNAME);
  return real(fd, name, length);
}

int getsockopt(int fd, int level, int option, void* value, socklen_t* length) {
  REAL("getsockopt", int, int, int, int, void*, socklen_t*);
  if (OURS) FAIL_OR_INTERRUPT(CALL_GETSOCKOPT);
  return real(fd, level, option, value, length);
}

int setsockopt(int fd, int level, int option, const void* value, socklen_t length) {
  REAL("setsockopt", int, int, int, int, const void*, socklen_t);
  if (OURS) FAIL_OR_INTERRUPT(CALL_SETSOCKOPT);
  return real(fd, level, option, value, length);
}

int ioctl(int fd, unsigned long request, ...) {
  REAL("ioctl", int, int, unsigned long, ...);
  va_list list;
  va_start(list, request);
  void* argument = va_arg(list, void*);
  va_end(list);
  if (OURS) FAIL_OR_INTERRUPT(CALL_IOCTL);
  return real(fd, request, argument);
}

// ---- waiting

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
  const int answer = real_epoll_ctl(epoll, operation, fd, event);
  if (answer == 0) rearm_note(epoll, operation, fd, event);
  return answer;
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
