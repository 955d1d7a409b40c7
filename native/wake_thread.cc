// Owns the helper thread that wakes runtimes whose loop cannot be joined. It must not know epoll events or JavaScript.
//
// An outer epoll holds the poller's with EPOLLONESHOT: after one wake-up the thread sleeps until JavaScript has drained
// and armed it again, so a busy reactor costs one wake-up a batch and never a spinning thread.
//
// The thread-safe function is deleted by the runtime, which does not ask whether a thread still holds it. So the thread
// is stopped and joined before, whichever comes first: our cleanup hook (added after the function was made, hence run
// before the function's own), the environment's end, or the function's finalizer.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "environment.h"
#include "ownership.h"
#include "reactor.h"
#include "threads.h"
#include "wake.h"

struct ThreadWake {
  Wake wake;
  napi_env env;
  // Null once stopped.
  Reactor* reactor;
  napi_threadsafe_function function;
  pthread_t thread;
  bool running;
  // Written by the thread before it ends, read after the join: the function was closing and counts us no more.
  bool released;
  bool finalized;
  int outer;
  int stop_signal;
  int inner;
};

static int watch(ThreadWake* self, int operation) {
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.fd = self->inner;
  return epoll_ctl(self->outer, operation, self->inner, &event) == 0 ? 0 : errno;
}

static void* run(void* data) {
  ThreadWake* self = static_cast<ThreadWake*>(data);
  for (;;) {
    epoll_event events[2];
    const int count = epoll_wait(self->outer, events, 2, -1);
    if (count < 0 && errno != EINTR) return nullptr;
    bool ready = false;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == self->stop_signal) return nullptr;
      ready = true;
    }
    if (!ready) continue;
    const napi_status status = napi_call_threadsafe_function(self->function, nullptr, napi_tsfn_nonblocking);
    if (status == napi_closing) self->released = true;
    if (status != napi_ok) return nullptr;
  }
}

static void call_javascript(napi_env env, napi_value, void* context, void*) {
  ThreadWake* self = static_cast<ThreadWake*>(context);
  // No environment: the runtime empties the queue of a function that is closing.
  if (env == nullptr || self->reactor == nullptr) return;
  reactor_wake(self->reactor, call_from_threadsafe_function);
  // JavaScript may have ended the environment.
  if (self->reactor != nullptr) watch(self, EPOLL_CTL_MOD);
}

static void close_descriptors(ThreadWake* self) {
  ownership_close_internal(self->outer);
  ownership_close_internal(self->stop_signal);
  self->outer = self->stop_signal = -1;
}

static void halt(ThreadWake* self) {
  if (!self->running) return;
  self->running = false;
  eventfd_write(self->stop_signal, 1);
  pthread_join(self->thread, nullptr);
  close_descriptors(self);
  if (!self->released && !self->finalized) napi_release_threadsafe_function(self->function, napi_tsfn_abort);
}

static void on_cleanup(void* data) { halt(static_cast<ThreadWake*>(data)); }

static void finalize(napi_env env, void* data, void*) {
  ThreadWake* self = static_cast<ThreadWake*>(data);
  self->finalized = true;
  if (self->running) {
    halt(self);
    napi_remove_env_cleanup_hook(env, on_cleanup, self);
  }
  // Otherwise the environment's end still has to pass by.
  if (self->reactor == nullptr) free(self);
}

static void keep(Wake* wake, bool on) {
  ThreadWake* self = reinterpret_cast<ThreadWake*>(wake);
  if (!self->running) return;
  if (on) {
    napi_ref_threadsafe_function(self->env, self->function);
  } else {
    napi_unref_threadsafe_function(self->env, self->function);
  }
}

static void stop(Wake* wake, void (*stopped)(Reactor* reactor)) {
  ThreadWake* self = reinterpret_cast<ThreadWake*>(wake);
  Reactor* reactor = self->reactor;
  self->reactor = nullptr;
  if (self->running) {
    // Removed, because the memory may be gone when the hook's turn comes.
    napi_remove_env_cleanup_hook(self->env, on_cleanup, self);
    halt(self);
  }
  if (self->finalized) free(self);
  stopped(reactor);
}

// Makes everything but the thread; 0 or a positive errno.
static int prepare(ThreadWake* self) {
  self->outer = epoll_create1(EPOLL_CLOEXEC);
  if (self->outer < 0) return errno;
  ownership_enter_internal(self->outer);
  self->stop_signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->stop_signal < 0) return errno;
  ownership_enter_internal(self->stop_signal);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.fd = self->stop_signal;
  if (epoll_ctl(self->outer, EPOLL_CTL_ADD, self->stop_signal, &event) < 0) return errno;
  const int watched = watch(self, EPOLL_CTL_ADD);
  if (watched != 0) return watched;
  napi_value name;
  if (napi_create_string_utf8(self->env, "berkeley", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(self->env, nullptr, nullptr, name, 0, 1, self, finalize, self, call_javascript,
                                      &self->function) != napi_ok) {
    return ENOTSUP;
  }
  return 0;
}

Wake* wake_thread_start(napi_env env, Reactor* reactor, int* error) {
  ThreadWake* self = static_cast<ThreadWake*>(calloc(1, sizeof(ThreadWake)));
  if (self == nullptr) {
    *error = ENOMEM;
    return nullptr;
  }
  self->wake = {keep, stop};
  self->env = env;
  self->reactor = reactor;
  self->inner = reactor->poller.descriptor;
  self->outer = self->stop_signal = -1;
  *error = prepare(self);
  if (*error != 0) {
    close_descriptors(self);
    free(self);
    return nullptr;
  }
  napi_unref_threadsafe_function(env, self->function);
  *error = -thread_start(&self->thread, 256 * 1024, run, self);
  if (*error != 0) {
    close_descriptors(self);
    self->reactor = nullptr;
    // Its finalizer frees the memory.
    napi_release_threadsafe_function(self->function, napi_tsfn_abort);
    return nullptr;
  }
  self->running = true;
  napi_add_env_cleanup_hook(env, on_cleanup, self);
  return &self->wake;
}
