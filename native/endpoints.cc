// Owns the functions that give a socket its two ends. It must not know what an address means: it is bytes here.
#include <errno.h>
#include <sys/socket.h>

#include "arguments.h"
#include "environment.h"

static napi_value JS_bind(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  Bytes address;
  if (!a.bytes(1, &address)) return give(env, -EFAULT);
  return give(env, attempt([&] {
                return bind(fd, reinterpret_cast<const sockaddr*>(address.data), static_cast<socklen_t>(address.length));
              }));
}

static napi_value JS_connect(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  Bytes address;
  if (!a.bytes(1, &address)) return give(env, -EFAULT);
  bool interrupted = false;
  for (;;) {
    if (connect(fd, reinterpret_cast<const sockaddr*>(address.data), static_cast<socklen_t>(address.length)) == 0) {
      return give(env, 0);
    }
    if (errno == EINTR) {
      interrupted = true;
      continue;
    }
    // connect(2): an interrupted connect goes on in the background, and only its repetition sees that.
    if (interrupted && errno == EALREADY) return give(env, -EINPROGRESS);
    if (interrupted && errno == EISCONN) return give(env, 0);
    return give(env, -errno);
  }
}

static napi_value JS_listen(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd, backlog;
  if (!a.integer(0, &fd) || !a.integer(1, &backlog)) return give(env, -EINVAL);
  return give(env, attempt([&] { return listen(fd, backlog); }));
}

static napi_value JS_shutdown(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t fd, how;
  if (!a.integer(0, &fd) || !a.integer(1, &how)) return give(env, -EINVAL);
  return give(env, attempt([&] { return shutdown(fd, how); }));
}

static napi_value name(napi_env env, napi_callback_info info, int (*call)(int, sockaddr*, socklen_t*)) {
  Arguments<2> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  Bytes address;
  const socklen_t room = sizeof(sockaddr_storage);
  if (!a.bytes(1, &address) || !address.holds(0, room)) return give(env, -EFAULT);
  socklen_t length = room;
  const int answer = attempt([&] {
    length = room;
    return call(fd, reinterpret_cast<sockaddr*>(address.data), &length);
  });
  if (answer < 0) return give(env, answer);
  return give(env, static_cast<int>(length < room ? length : room));
}

static int own_name(int fd, sockaddr* address, socklen_t* length) { return getsockname(fd, address, length); }
static int peer_name(int fd, sockaddr* address, socklen_t* length) { return getpeername(fd, address, length); }

static napi_value JS_getsockname(napi_env env, napi_callback_info info) { return name(env, info, own_name); }
static napi_value JS_getpeername(napi_env env, napi_callback_info info) { return name(env, info, peer_name); }

const FunctionEntry endpoint_functions[] = {
    {"bind", JS_bind},
    {"connect", JS_connect},
    {"listen", JS_listen},
    {"shutdown", JS_shutdown},
    {"getsockname", JS_getsockname},
    {"getpeername", JS_getpeername},
    {nullptr, nullptr},
};
