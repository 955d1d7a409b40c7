// Owns the functions that move bytes which JavaScript never sees: from files to sockets, and between sockets through
// pipes. It must not know which of them a transfer is made of.
//
// sendfile(2) and splice(2) have no MSG_NOSIGNAL. A peer that is gone would raise SIGPIPE in this thread, so it is held back
// around them, and taken away when they have caused it.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "environment.h"
#include "glibc_versions.h"
#include "ownership.h"

static napi_value give_wide(napi_env env, int64_t value) {
  napi_value result = nullptr;
  napi_create_int64(env, value, &result);
  return result;
}

// As attempt() in arguments.h, for what writes to a socket.
template <typename Call>
static int attempt_quietly(Call call) {
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const int answer = attempt(call);
  if (sigismember(&before, SIGPIPE) == 0) {
    if (answer == -EPIPE) {
      const timespec now = {0, 0};
      sigtimedwait(&pipe, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  return answer;
}

static napi_value JS_openFile(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  char path[PATH_MAX];
  size_t length = 0;
  // What does not fit is cut off, and is as long as the room then.
  if (napi_get_value_string_utf8(env, a.values[0], path, sizeof path, &length) != napi_ok) return give(env, -EINVAL);
  if (length >= sizeof path - 4) return give(env, -ENAMETOOLONG);
  // A FIFO without a writer would freeze the thread in open(2), and a terminal could become ours.
  const int fd = attempt([&] { return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); });
  return give(env, ownership_keep(fd, a.environment));
}

static napi_value JS_fileType(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  struct stat facts;
  const int found = attempt([&] { return BERKELEY_FSTAT(fd, &facts); });
  return give(env, found < 0 ? found : static_cast<int32_t>(facts.st_mode & S_IFMT));
}

static napi_value JS_fileSize(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give_wide(env, -EINVAL);
  struct stat facts;
  const int found = attempt([&] { return BERKELEY_FSTAT(fd, &facts); });
  return give_wide(env, found < 0 ? found : static_cast<int64_t>(facts.st_size));
}

static napi_value JS_seek(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  int32_t fd, whence;
  int64_t offset;
  if (!a.integer(0, &fd) || !a.wide(1, &offset) || !a.integer(2, &whence)) return give_wide(env, -EINVAL);
  const off_t answer = lseek(fd, offset, whence);
  return give_wide(env, answer < 0 ? -errno : static_cast<int64_t>(answer));
}

static napi_value JS_read(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd;
  int64_t offset, length, position;
  if (!a.integer(0, &fd) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.wide(4, &position)) {
    return give(env, -EINVAL);
  }
  Bytes buffer;
  if (!a.bytes(1, &buffer) || !buffer.holds(offset, length)) return give(env, -EFAULT);
  return give(env, attempt([&] {
    const size_t count = static_cast<size_t>(length);
    return position < 0 ? read(fd, buffer.data + offset, count) : pread(fd, buffer.data + offset, count, position);
  }));
}

static napi_value JS_sendfile(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t socket, file;
  int64_t position, length;
  if (!a.integer(0, &socket) || !a.integer(1, &file) || !a.wide(2, &position) || !a.wide(3, &length) || position < 0 ||
      length < 0) {
    return give(env, -EINVAL);
  }
  return give(env, attempt_quietly([&] {
    off_t from = position;
    return sendfile(socket, file, &from, static_cast<size_t>(length));
  }));
}

static napi_value JS_pipe(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Integers out;
  if (!a.integers(0, &out) || out.length < 2) return give(env, -EFAULT);
  int ends[2];
  const int made = attempt([&] { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); });
  if (made < 0) return give(env, made);
  const int kept = ownership_keep_both(ends, a.environment);
  if (kept < 0) return give(env, kept);
  out.data[0] = ends[0];
  out.data[1] = ends[1];
  return give(env, 0);
}

static napi_value JS_setPipeSize(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd, size;
  if (!a.integer(0, &fd) || !a.integer(1, &size)) return give(env, -EINVAL);
  return give(env, attempt([&] { return fcntl(fd, F_SETPIPE_SZ, size); }));
}

static napi_value JS_splice(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  int32_t from, to;
  int64_t length;
  if (!a.integer(0, &from) || !a.integer(1, &to) || !a.wide(2, &length) || length < 0) return give(env, -EINVAL);
  return give(env, attempt_quietly([&] {
    return splice(from, nullptr, to, nullptr, static_cast<size_t>(length), SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  }));
}

const FunctionEntry file_functions[] = {
    {"openFile", JS_openFile},
    {"fileType", JS_fileType},
    {"fileSize", JS_fileSize},
    {"seek", JS_seek},
    {"read", JS_read},
    {"sendfile", JS_sendfile},
    {"pipe", JS_pipe},
    {"setPipeSize", JS_setPipeSize},
    {"splice", JS_splice},
    {nullptr, nullptr},
};
