// Owns the functions that move messages: data with a name and control messages around it, one at a time or in batches. It
// must not know what a name or a control message means, with one exception: descriptors that arrive belong to the
// environment from the moment the kernel has made them, because a worker that is terminated runs no JavaScript.
//
// What comes with a message is written to a slot of "room", so that a batch crosses into JavaScript with a fixed number
// of Node-API calls and no object is made: four integers [length of the data, of the name, of the control messages,
// flags], 128 bytes for the name, then the control messages.
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "arguments.h"
#include "environment.h"
#include "ownership.h"

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

// Linux 6.5. The running kernel may be newer than the headers.
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

static const size_t name_at = 4 * sizeof(int32_t);
static const size_t control_at = name_at + sizeof(sockaddr_storage);
// Both tables of a batch lie on the stack.
static const int64_t batch_most = 256;
static const size_t row = 6;

// Control messages are read where the kernel put them, so every slot has to be aligned for them.
static bool holds_slots(const Bytes& room, size_t slot, int64_t count) {
  return reinterpret_cast<uintptr_t>(room.data) % alignof(cmsghdr) == 0 && slot % alignof(cmsghdr) == 0 &&
         room.holds(0, static_cast<int64_t>(slot) * count);
}

static void own_descriptors(msghdr* message, Environment* environment) {
  if (message->msg_controllen == 0) return;
  for (cmsghdr* one = CMSG_FIRSTHDR(message); one != nullptr; one = CMSG_NXTHDR(message, one)) {
    if (one->cmsg_level != SOL_SOCKET || (one->cmsg_type != SCM_RIGHTS && one->cmsg_type != SCM_PIDFD)) continue;
    const size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      memcpy(&fd, CMSG_DATA(one) + i * sizeof fd, sizeof fd);
      if (fd < 0 || ownership_enter(fd, environment) == 0) continue;
      close(fd);
      fd = -1;
      memcpy(CMSG_DATA(one) + i * sizeof fd, &fd, sizeof fd);
    }
  }
}

// The kernel gives our own flag back with its answer.
static void write_slot(uint8_t* slot, const msghdr& message, int length) {
  const socklen_t most = sizeof(sockaddr_storage);
  const int32_t facts[4] = {length, static_cast<int32_t>(message.msg_namelen < most ? message.msg_namelen : most),
                            static_cast<int32_t>(message.msg_controllen), message.msg_flags & ~MSG_CMSG_CLOEXEC};
  memcpy(slot, facts, sizeof facts);
}

static void aim_at_slot(msghdr* message, uint8_t* slot, size_t control) {
  message->msg_name = slot + name_at;
  message->msg_namelen = sizeof(sockaddr_storage);
  message->msg_control = control > 0 ? slot + control_at : nullptr;
  message->msg_controllen = control;
}

// Descriptors that arrive are closed on exec. Packet sockets, which give none, refuse the flag that says so (EINVAL).
template <typename Call>
static int receiving(Call call) {
  const int n = attempt([&] { return call(MSG_CMSG_CLOEXEC); });
  return n == -EINVAL ? attempt([&] { return call(0); }) : n;
}

static int receive_one(Environment* environment, int fd, uint8_t* data, size_t length, uint8_t* slot, size_t control,
                       int flags) {
  iovec vector = {data, length};
  msghdr message;
  const int n = receiving([&](int closed_on_exec) {
    message = {};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    aim_at_slot(&message, slot, control);
    return syscall(SYS_recvmsg, fd, &message, flags | MSG_DONTWAIT | closed_on_exec);
  });
  if (n < 0) return n;
  own_descriptors(&message, environment);
  write_slot(slot, message, n);
  return n;
}

static napi_value JS_recvmsg(napi_env env, napi_callback_info info) {
  Arguments<7> a(env, info);
  int32_t fd, flags;
  int64_t offset, length, control;
  if (!a.integer(0, &fd) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.wide(5, &control) || !a.integer(6, &flags)) {
    return give(env, -EINVAL);
  }
  Bytes buffer, room;
  if (!a.bytes(1, &buffer) || !buffer.holds(offset, length)) return give(env, -EFAULT);
  if (!a.bytes(4, &room) || control < 0 || !room.holds(control_at, control) || !holds_slots(room, 0, 1)) {
    return give(env, -EFAULT);
  }
  return give(env, receive_one(a.environment, fd, buffer.data + offset, static_cast<size_t>(length), room.data,
                               static_cast<size_t>(control), flags));
}

static napi_value JS_recvmsgSlab(napi_env env, napi_callback_info info) {
  Arguments<6> a(env, info);
  int32_t fd, flags;
  int64_t offset, length, control;
  if (!a.integer(0, &fd) || !a.wide(1, &offset) || !a.wide(2, &length) || !a.wide(4, &control) || !a.integer(5, &flags)) {
    return give(env, -EINVAL);
  }
  const Bytes slab = {a.environment->slab, a.environment->slab_length};
  Bytes room;
  if (slab.data == nullptr || !slab.holds(offset, length)) return give(env, -EFAULT);
  if (!a.bytes(3, &room) || control < 0 || !room.holds(control_at, control) || !holds_slots(room, 0, 1)) {
    return give(env, -EFAULT);
  }
  return give(env, receive_one(a.environment, fd, slab.data + offset, static_cast<size_t>(length), room.data,
                               static_cast<size_t>(control), flags));
}

static napi_value JS_recvmmsg(napi_env env, napi_callback_info info) {
  Arguments<8> a(env, info);
  int32_t fd, flags;
  int64_t length, stride, count, control;
  if (!a.integer(0, &fd) || !a.wide(2, &length) || !a.wide(3, &stride) || !a.wide(4, &count) || !a.wide(6, &control) ||
      !a.integer(7, &flags) || count < 0 || length < 0 || stride < length || stride > INT_MAX || control < 0 ||
      control > INT_MAX) {
    return give(env, -EINVAL);
  }
  if (count > batch_most) count = batch_most;
  Bytes memory, room;
  const size_t slot = control_at + static_cast<size_t>(control);
  if (!a.bytes(1, &memory) || !memory.holds(0, stride * count)) return give(env, -EFAULT);
  if (!a.bytes(5, &room) || !holds_slots(room, slot, count)) return give(env, -EFAULT);

  iovec vectors[batch_most];
  mmsghdr messages[batch_most];
  const int received = receiving([&](int closed_on_exec) {
    for (int64_t i = 0; i < count; ++i) {
      vectors[i] = {memory.data + i * stride, static_cast<size_t>(length)};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      aim_at_slot(&messages[i].msg_hdr, room.data + static_cast<size_t>(i) * slot, static_cast<size_t>(control));
    }
    return syscall(SYS_recvmmsg, fd, messages, static_cast<unsigned int>(count), flags | MSG_DONTWAIT | closed_on_exec,
                   nullptr);
  });
  for (int i = 0; i < received; ++i) {
    own_descriptors(&messages[i].msg_hdr, a.environment);
    write_slot(room.data + static_cast<size_t>(i) * slot, messages[i].msg_hdr, static_cast<int>(messages[i].msg_len));
  }
  return give(env, received);
}

// Copying a message at a time from JavaScript costs more than the copy.
static napi_value JS_gather(napi_env env, napi_callback_info info) {
  Arguments<7> a(env, info);
  int64_t stride, slot, first, count;
  Bytes memory, room, target;
  if (!a.wide(1, &stride) || !a.wide(3, &slot) || !a.wide(4, &first) || !a.wide(5, &count) || stride < 0 ||
      stride > INT_MAX || slot < 0 || slot > INT_MAX || first < 0 || first > batch_most || count < 0 ||
      count > batch_most) {
    return give(env, -EINVAL);
  }
  if (!a.bytes(0, &memory) || !a.bytes(2, &room) || !a.bytes(6, &target)) return give(env, -EFAULT);
  size_t used = 0;
  for (int64_t i = first; i < first + count; ++i) {
    int32_t length;
    if (!room.holds(i * slot, sizeof length)) return give(env, -EFAULT);
    memcpy(&length, room.data + i * slot, sizeof length);
    if (!memory.holds(i * stride, length) || !target.holds(static_cast<int64_t>(used), length)) return give(env, -EFAULT);
    // Empty memory may have no address, and memcpy(3) takes none.
    if (length == 0) continue;
    memcpy(target.data + used, memory.data + i * stride, static_cast<size_t>(length));
    used += static_cast<size_t>(length);
  }
  return give(env, static_cast<int32_t>(used));
}

// One piece, or an array of at most IOV_MAX of them. The number of vectors, or -EFAULT.
template <size_t N>
static int pieces_of(const Arguments<N>& a, size_t index, iovec* vectors) {
  Bytes piece;
  if (a.bytes(index, &piece)) {
    vectors[0] = {piece.data, piece.length};
    return 1;
  }
  uint32_t count;
  if (napi_get_array_length(a.env, a.values[index], &count) != napi_ok || count > IOV_MAX) return -EFAULT;
  for (uint32_t i = 0; i < count; ++i) {
    napi_value element;
    if (napi_get_element(a.env, a.values[index], i, &element) != napi_ok || !a.bytes_of(a.env, element, &piece)) {
      return -EFAULT;
    }
    vectors[i] = {piece.data, piece.length};
  }
  return static_cast<int>(count);
}

static napi_value JS_sendmsg(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd, flags;
  if (!a.integer(0, &fd) || !a.integer(4, &flags)) return give(env, -EINVAL);
  iovec vectors[IOV_MAX];
  const int count = pieces_of(a, 1, vectors);
  if (count < 0) return give(env, count);
  Bytes name = {nullptr, 0};
  Bytes control = {nullptr, 0};
  if (!a.null(2) && !a.bytes(2, &name)) return give(env, -EFAULT);
  if (!a.null(3) && !a.bytes(3, &control)) return give(env, -EFAULT);
  flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
  const socklen_t name_length = static_cast<socklen_t>(name.length);
  // The same call for the kernel, which need not fetch and check a msghdr then: 170 ns of 2,900.
  if (count == 1 && control.length == 0) {
    const iovec& piece = vectors[0];
    const uint8_t* to = name_length > 0 ? name.data : nullptr;
    return give(env, attempt([&] {
                  return syscall(SYS_sendto, fd, piece.iov_base, piece.iov_len, flags, to, name_length);
                }));
  }
  msghdr message = {};
  message.msg_name = name.data;
  message.msg_namelen = name_length;
  message.msg_iov = vectors;
  message.msg_iovlen = static_cast<size_t>(count);
  message.msg_control = control.data;
  message.msg_controllen = control.length;
  return give(env, attempt([&] { return syscall(SYS_sendmsg, fd, &message, flags); }));
}

static napi_value JS_sendmmsg(napi_env env, napi_callback_info info) {
  Arguments<7> a(env, info);
  int32_t fd, flags;
  int64_t first, count;
  if (!a.integer(0, &fd) || !a.wide(3, &first) || !a.wide(4, &count) || !a.integer(6, &flags) || first < 0 || count < 0) {
    return give(env, -EINVAL);
  }
  if (count > batch_most) count = batch_most;
  Bytes arena;
  Integers table;
  if (!a.bytes(1, &arena) || !a.integers(2, &table)) return give(env, -EFAULT);
  if (static_cast<uint64_t>(first) > table.length / row ||
      static_cast<uint64_t>(count) > table.length / row - static_cast<uint64_t>(first)) {
    return give(env, -EFAULT);
  }
  iovec vectors[batch_most];
  mmsghdr messages[batch_most];
  for (int64_t i = 0; i < count; ++i) {
    const int32_t* entry = table.data + (first + i) * static_cast<int64_t>(row);
    if (!arena.holds(entry[2], entry[3]) || !arena.holds(entry[4], entry[5])) return give(env, -EFAULT);
    if (entry[0] >= 0) {
      if (!arena.holds(entry[0], entry[1])) return give(env, -EFAULT);
      vectors[i] = {arena.data + entry[0], static_cast<size_t>(entry[1])};
    } else {
      napi_value element;
      Bytes piece;
      if (napi_get_element(env, a.values[5], static_cast<uint32_t>(-1 - entry[0]), &element) != napi_ok ||
          !a.bytes_of(env, element, &piece)) {
        return give(env, -EFAULT);
      }
      vectors[i] = {piece.data, piece.length};
    }
    msghdr& message = messages[i].msg_hdr;
    message = {};
    message.msg_name = entry[3] > 0 ? arena.data + entry[2] : nullptr;
    message.msg_namelen = static_cast<socklen_t>(entry[3]);
    message.msg_iov = &vectors[i];
    message.msg_iovlen = 1;
    message.msg_control = entry[5] > 0 ? arena.data + entry[4] : nullptr;
    message.msg_controllen = static_cast<size_t>(entry[5]);
  }
  return give(env, attempt([&] {
                return syscall(SYS_sendmmsg, fd, messages, static_cast<unsigned int>(count),
                               flags | MSG_DONTWAIT | MSG_NOSIGNAL);
              }));
}

const FunctionEntry message_functions[] = {
    {"recvmsg", JS_recvmsg},
    {"recvmsgSlab", JS_recvmsgSlab},
    {"recvmmsg", JS_recvmmsg},
    {"gather", JS_gather},
    {"sendmsg", JS_sendmsg},
    {"sendmmsg", JS_sendmmsg},
    {nullptr, nullptr},
};
