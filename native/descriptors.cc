// Owns the functions by which descriptors come and go. It must not know what is sent over them.
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arguments.h"
#include "environment.h"
#include "ownership.h"

static napi_value JS_socket(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  int32_t domain, type, protocol;
  if (!a.integer(0, &domain) || !a.integer(1, &type) || !a.integer(2, &protocol)) return give(env, -EINVAL);
  const int fd = attempt([&] { return socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol); });
  return give(env, ownership_keep(fd, a.environment));
}

static napi_value JS_socketpair(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t domain, type, protocol;
  if (!a.integer(0, &domain) || !a.integer(1, &type) || !a.integer(2, &protocol)) return give(env, -EINVAL);
  Integers out;
  if (!a.integers(3, &out) || out.length < 2) return give(env, -EFAULT);
  int pair[2];
  const int made = attempt([&] { return socketpair(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol, pair); });
  if (made < 0) return give(env, made);
  const int kept = ownership_keep_both(pair, a.environment);
  if (kept < 0) return give(env, kept);
  out.data[0] = pair[0];
  out.data[1] = pair[1];
  return give(env, 0);
}

static napi_value JS_accept(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  Bytes peer;
  const socklen_t room = sizeof(sockaddr_storage);
  if (!a.bytes(1, &peer) || !peer.holds(0, room + sizeof(uint32_t))) return give(env, -EFAULT);
  socklen_t length = room;
  const int accepted = attempt([&] {
    length = room;
    return accept4(fd, reinterpret_cast<sockaddr*>(peer.data), &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  });
  if (accepted < 0) return give(env, accepted);
  const uint32_t written = length < room ? length : room;
  memcpy(peer.data + room, &written, sizeof written);
  return give(env, ownership_keep(accepted, a.environment));
}

static napi_value JS_dup(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  return give(env, ownership_keep(attempt([&] { return fcntl(fd, F_DUPFD_CLOEXEC, 0); }), a.environment));
}

// Reads flags by `get`, turns `flag` on or off by `set`. Returns 1 if it was on before, 0 if not, or -errno.
static int change_flag(int fd, int get, int set, int flag, bool on) {
  const int before = attempt([&] { return fcntl(fd, get); });
  if (before < 0) return before;
  const int after = on ? before | flag : before & ~flag;
  if (after != before) {
    const int changed = attempt([&] { return fcntl(fd, set, after); });
    if (changed < 0) return changed;
  }
  return (before & flag) != 0 ? 1 : 0;
}

static napi_value JS_own(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  // A number that is no descriptor must not make the table grow to it.
  const int exists = attempt([&] { return fcntl(fd, F_GETFD); });
  if (exists < 0) return give(env, exists);
  // Claimed before anything is changed: what another environment owns is not to be touched.
  const int claimed = ownership_claim(fd, a.environment);
  if (claimed < 0) return give(env, claimed);
  int answer = change_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, true);
  if (answer >= 0) answer = change_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, true);
  if (answer < 0) ownership_release(fd, a.environment);
  return give(env, answer);
}

static napi_value JS_disown(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  return give(env, ownership_release(fd, a.environment));
}

static napi_value JS_close(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  // First the note, then the number: afterwards another thread may get the number and enter it.
  const int released = ownership_release(fd, a.environment);
  if (released < 0) return give(env, released);
  // close(2), "Dealing with error returns": Linux frees the number whatever close answers, so it is never repeated.
  if (close(fd) == 0 || errno == EINTR) return give(env, 0);
  return give(env, -errno);
}

static napi_value change(napi_env env, napi_callback_info info, int get, int set, int flag, bool inverted) {
  Arguments<2> a(env, info);
  int32_t fd;
  bool on;
  if (!a.integer(0, &fd) || !a.boolean(1, &on)) return give(env, -EINVAL);
  const int answer = change_flag(fd, get, set, flag, on != inverted);
  return give(env, answer < 0 ? answer : 0);
}

static napi_value JS_setBlocking(napi_env env, napi_callback_info info) {
  return change(env, info, F_GETFL, F_SETFL, O_NONBLOCK, true);
}

static napi_value JS_setCloexec(napi_env env, napi_callback_info info) {
  return change(env, info, F_GETFD, F_SETFD, FD_CLOEXEC, false);
}

const FunctionEntry descriptor_functions[] = {
    {"socket", JS_socket},
    {"socketpair", JS_socketpair},
    {"accept", JS_accept},
    {"dup", JS_dup},
    {"own", JS_own},
    {"disown", JS_disown},
    {"close", JS_close},
    {"setBlocking", JS_setBlocking},
    {"setCloexec", JS_setCloexec},
    {nullptr, nullptr},
};
