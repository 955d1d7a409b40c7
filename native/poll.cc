// Owns the blocking waits. It must not know deadlines: -EINTR goes back to the caller, who knows what time is left.
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "clock.h"
#include "environment.h"

// ppoll(2) instead of poll(2): its time limit is neither an int of milliseconds nor rounded to them.
static int wait(pollfd* set, nfds_t count, double ms) {
  const timespec limit = timespec_of(nanoseconds_of(ms));
  const bool endless = isinf(ms) && ms > 0;
  const int ready = ppoll(set, count, endless ? nullptr : &limit, nullptr);
  return ready < 0 ? -errno : ready;
}

static napi_value JS_poll(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  int32_t fd, events;
  double ms;
  if (!a.integer(0, &fd) || !a.integer(1, &events) || !a.number(2, &ms)) return give(env, -EINVAL);
  pollfd one = {fd, static_cast<short>(events), 0};
  const int ready = wait(&one, 1, ms);
  return give(env, ready <= 0 ? ready : static_cast<unsigned short>(one.revents));
}

static napi_value JS_pollMany(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  int64_t count;
  double ms;
  if (!a.wide(1, &count) || !a.number(2, &ms) || count < 0) return give(env, -EINVAL);
  Integers triples;
  if (!a.integers(0, &triples) || static_cast<uint64_t>(count) > triples.length / 3) return give(env, -EFAULT);

  pollfd few[64];
  pollfd* set = few;
  if (count > 64) {
    set = static_cast<pollfd*>(malloc(static_cast<size_t>(count) * sizeof(pollfd)));
    if (set == nullptr) return give(env, -ENOMEM);
  }
  for (int64_t i = 0; i < count; ++i) {
    set[i].fd = triples.data[i * 3];
    set[i].events = static_cast<short>(triples.data[i * 3 + 1]);
    set[i].revents = 0;
  }
  const int ready = wait(set, static_cast<nfds_t>(count), ms);
  if (ready >= 0) {
    for (int64_t i = 0; i < count; ++i) triples.data[i * 3 + 2] = static_cast<unsigned short>(set[i].revents);
  }
  if (set != few) free(set);
  return give(env, ready);
}

// One try to receive, a wait when nothing is there, and one more try: what the blocking loop does, without the way to
// JavaScript and back between them.
static napi_value JS_recvOrWait(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int32_t fd;
  int64_t offset, length;
  double ms;
  if (!a.integer(0, &fd) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.number(4, &ms)) return give(env, -EINVAL);
  // The memory is looked up for each try, and never kept over a wait.
  const auto receive = [&] {
    Bytes buffer;
    if (!a.bytes(1, &buffer) || !buffer.holds(offset, length)) return -EFAULT;
    return attempt([&] {
      return syscall(SYS_recvfrom, fd, buffer.data + offset, static_cast<size_t>(length), MSG_DONTWAIT, nullptr, nullptr);
    });
  };
  const int received = receive();
  if (received != -EAGAIN) return give(env, received);
  pollfd one = {fd, POLLIN, 0};
  const int ready = wait(&one, 1, ms);
  return give(env, ready < 0 && ready != -EINTR ? ready : receive());
}

const FunctionEntry poll_functions[] = {
    {"poll", JS_poll},
    {"pollMany", JS_pollMany},
    {"recvOrWait", JS_recvOrWait},
    {nullptr, nullptr},
};
