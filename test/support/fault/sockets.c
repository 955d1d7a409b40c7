// Owns the stand-ins for what makes sockets, names them and asks them, and carries no data. It must not know when a fault is due.
#define _GNU_SOURCE
#include <stdarg.h>

#include "stand-in.h"

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
