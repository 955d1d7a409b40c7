// Owns the stand-ins for calls on descriptors of any kind, files and pipes among them. It must not know when a fault is due.
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stand-in.h"

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
