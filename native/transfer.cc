// Owns the functions that move bytes: the hot path. It must not know how long to wait, nor what the bytes mean.
//
// Pointers are fetched at each call and never kept, since JavaScript may detach or resize a buffer between two calls.
// The slab is the one exception; it belongs to the library, and the library never lets go of it.
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "arguments.h"
#include "environment.h"

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

// recv(2) and send(2) of the C library are cancellation points: in a process with threads, as Node is, each call pays for
// switching cancellation on and off around it. These never block, so the plain system call does.
static ssize_t receive(int fd, void* data, size_t length, int flags) {
  return syscall(SYS_recvfrom, fd, data, length, flags, nullptr, nullptr);
}

static ssize_t transmit(int fd, const void* data, size_t length, int flags) {
  return syscall(SYS_sendto, fd, data, length, flags, nullptr, 0);
}

static napi_value JS_recv(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd, flags;
  int64_t offset, length;
  if (!a.integer(0, &fd) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.integer(4, &flags)) {
    return give(env, -EINVAL);
  }
  Bytes buffer;
  if (!a.bytes(1, &buffer) || !buffer.holds(offset, length)) return give(env, -EFAULT);
  return give(env, attempt([&] { return receive(fd, buffer.data + offset, static_cast<size_t>(length), flags); }));
}

static napi_value JS_send(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd, flags;
  int64_t offset, length;
  if (!a.integer(0, &fd) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.integer(4, &flags)) {
    return give(env, -EINVAL);
  }
  Bytes buffer;
  if (!a.bytes(1, &buffer) || !buffer.holds(offset, length)) return give(env, -EFAULT);
  return give(env, attempt([&] { return transmit(fd, buffer.data + offset, static_cast<size_t>(length), flags); }));
}

static napi_value JS_sendv(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd, flags;
  int64_t first, offset;
  if (!a.integer(0, &fd) || !a.wide(2, &first) || !a.wide(3, &offset) || !a.integer(4, &flags)) {
    return give(env, -EINVAL);
  }
  uint32_t count;
  if (napi_get_array_length(env, a.values[1], &count) != napi_ok || first < 0 || first > count || offset < 0) {
    return give(env, -EFAULT);
  }
  iovec vectors[IOV_MAX];
  size_t used = 0;
  size_t skip = static_cast<size_t>(offset);
  for (uint32_t index = static_cast<uint32_t>(first); index < count && used < IOV_MAX; ++index) {
    napi_value element;
    Bytes buffer;
    if (napi_get_element(env, a.values[1], index, &element) != napi_ok || !a.bytes_of(env, element, &buffer)) {
      return give(env, -EFAULT);
    }
    // A buffer that is wholly left out takes no vector, so that progress never depends on where IOV_MAX falls.
    if (skip > 0 && skip >= buffer.length) {
      skip -= buffer.length;
      continue;
    }
    vectors[used].iov_base = buffer.data + skip;
    vectors[used].iov_len = buffer.length - skip;
    skip = 0;
    ++used;
  }
  if (skip > 0) return give(env, -EFAULT);
  msghdr message = {};
  message.msg_iov = vectors;
  message.msg_iovlen = used;
  return give(env, attempt([&] { return sendmsg(fd, &message, flags); }));
}

static napi_value JS_setSlab(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Environment* environment = a.environment;
  Bytes slab;
  napi_ref reference = nullptr;
  if (!a.bytes(0, &slab) || napi_create_reference(env, a.values[0], 1, &reference) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "berkeley: the slab must be a Uint8Array");
    return nullptr;
  }
  if (environment->slab_reference != nullptr) napi_delete_reference(env, environment->slab_reference);
  environment->slab_reference = reference;
  environment->slab = slab.data;
  environment->slab_length = slab.length;
  return nullptr;
}

static bool slab_of(const Environment* environment, Bytes* slab, int64_t offset, int64_t length) {
  slab->data = environment->slab;
  slab->length = environment->slab_length;
  return slab->data != nullptr && slab->holds(offset, length);
}

static napi_value JS_recvSlab(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, flags;
  int64_t offset, length;
  if (!a.integer(0, &fd) || !a.wide(1, &offset) || !a.wide(2, &length) || !a.integer(3, &flags)) {
    return give(env, -EINVAL);
  }
  Bytes slab;
  if (!slab_of(a.environment, &slab, offset, length)) return give(env, -EFAULT);
  return give(env, attempt([&] { return receive(fd, slab.data + offset, static_cast<size_t>(length), flags); }));
}

static napi_value JS_sendSlab(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, flags;
  int64_t offset, length;
  if (!a.integer(0, &fd) || !a.wide(1, &offset) || !a.wide(2, &length) || !a.integer(3, &flags)) {
    return give(env, -EINVAL);
  }
  Bytes slab;
  if (!slab_of(a.environment, &slab, offset, length)) return give(env, -EFAULT);
  return give(env, attempt([&] { return transmit(fd, slab.data + offset, static_cast<size_t>(length), flags); }));
}

const FunctionEntry transfer_functions[] = {
    {"recv", JS_recv},
    {"send", JS_send},
    {"sendv", JS_sendv},
    {"setSlab", JS_setSlab},
    {"recvSlab", JS_recvSlab},
    {"sendSlab", JS_sendSlab},
    {nullptr, nullptr},
};
