// Owns the functions for socket options and queue lengths. It must not know what any option means.
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "arguments.h"
#include "environment.h"

static napi_value JS_getsockopt(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, level, option;
  if (!a.integer(0, &fd) || !a.integer(1, &level) || !a.integer(2, &option)) return give(env, -EINVAL);
  Bytes value;
  if (!a.bytes(3, &value)) return give(env, -EFAULT);
  // Of this option alone the kernel counts the length in instructions, and would write behind the end of our memory.
  const size_t unit = level == SOL_SOCKET && option == SO_GET_FILTER ? sizeof(sock_filter) : 1;
  // With room for none it gives the number alone, and no instruction.
  if (value.length > 0 && value.length < unit) return give(env, -EINVAL);
  socklen_t length = 0;
  const int answer = attempt([&] {
    length = static_cast<socklen_t>(value.length / unit);
    return getsockopt(fd, level, option, value.data, &length);
  });
  return give(env, answer < 0 ? answer : static_cast<int>(length * unit));
}

static napi_value JS_setsockopt(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd, level, option;
  int64_t length;
  if (!a.integer(0, &fd) || !a.integer(1, &level) || !a.integer(2, &option) || !a.wide(4, &length) || length < 0) {
    return give(env, -EINVAL);
  }
  Bytes value = {nullptr, 0};
  if (!a.null(3) && (!a.bytes(3, &value) || !value.holds(0, length))) return give(env, -EFAULT);
  return give(env, attempt([&] { return setsockopt(fd, level, option, value.data, static_cast<socklen_t>(length)); }));
}

static napi_value JS_setsockoptInt(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, level, option, value;
  if (!a.integer(0, &fd) || !a.integer(1, &level) || !a.integer(2, &option) || !a.integer(3, &value)) {
    return give(env, -EINVAL);
  }
  return give(env, attempt([&] { return setsockopt(fd, level, option, &value, sizeof value); }));
}

static napi_value JS_setsockoptFilter(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, level, option;
  if (!a.integer(0, &fd) || !a.integer(1, &level) || !a.integer(2, &option)) return give(env, -EINVAL);
  Bytes bytes;
  if (!a.bytes(3, &bytes)) return give(env, -EFAULT);
  if (bytes.length / sizeof(sock_filter) > USHRT_MAX) return give(env, -EINVAL);
  sock_fprog program = {};
  program.len = static_cast<unsigned short>(bytes.length / sizeof(sock_filter));
  program.filter = reinterpret_cast<sock_filter*>(bytes.data);
  return give(env, attempt([&] { return setsockopt(fd, level, option, &program, sizeof program); }));
}

static napi_value queued(napi_env env, napi_callback_info info, unsigned long request) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  int count = 0;
  const int answer = attempt([&] { return ioctl(fd, request, &count); });
  return give(env, answer < 0 ? answer : count);
}

static napi_value JS_queuedIn(napi_env env, napi_callback_info info) { return queued(env, info, SIOCINQ); }
static napi_value JS_queuedOut(napi_env env, napi_callback_info info) { return queued(env, info, SIOCOUTQ); }

const FunctionEntry option_functions[] = {
    {"getsockopt", JS_getsockopt},
    {"setsockopt", JS_setsockopt},
    {"setsockoptInt", JS_setsockoptInt},
    {"setsockoptFilter", JS_setsockoptFilter},
    {"queuedIn", JS_queuedIn},
    {"queuedOut", JS_queuedOut},
    {nullptr, nullptr},
};
