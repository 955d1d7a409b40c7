// Owns the stand-ins for what carries data through sockets: syscall(2), as the addon calls receive and send, and sendmsg(2). It must not know when a fault is due.
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stand-in.h"

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
