// Owns the nesting of the poller in Node's event loop. It must not know epoll or JavaScript.
//
// The uv_* functions are looked up at run time: the addon must load where they are missing, and elsewhere they may be
// stubs that abort, so TypeScript asks for this mechanism only on Node. uv.h is here for its types.
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "environment.h"
#include "glibc_versions.h"
#include "reactor.h"
#include "wake.h"

struct Uv {
  decltype(&uv_poll_init) poll_init;
  decltype(&uv_poll_start) poll_start;
  decltype(&uv_poll_stop) poll_stop;
  decltype(&uv_close) close;
  decltype(&uv_ref) ref;
  decltype(&uv_unref) unref;
  decltype(&uv_handle_size) handle_size;
  decltype(&napi_get_uv_event_loop) event_loop;
};

struct UvWake {
  Wake wake;
  Uv uv;
  Reactor* reactor;
  void (*stopped)(Reactor* reactor);
  // Allocated by the size the running libuv reports; this header's may differ.
  uv_poll_t* handle;
};

template <typename Function>
static bool find(const char* name, Function* out) {
  *out = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  return *out != nullptr;
}

static bool find_all(Uv* uv) {
  return find("uv_poll_init", &uv->poll_init) && find("uv_poll_start", &uv->poll_start) &&
         find("uv_poll_stop", &uv->poll_stop) && find("uv_close", &uv->close) && find("uv_ref", &uv->ref) &&
         find("uv_unref", &uv->unref) && find("uv_handle_size", &uv->handle_size) &&
         find("napi_get_uv_event_loop", &uv->event_loop);
}

static uv_handle_t* base(UvWake* self) { return reinterpret_cast<uv_handle_t*>(self->handle); }

static void on_poll(uv_poll_t* handle, int, int) {
  // A status below 0 is not told apart: what is ready is taken, and the rest is the same next time.
  reactor_wake(static_cast<UvWake*>(handle->data)->reactor, call_from_loop);
}

static void on_closed(uv_handle_t* handle) {
  UvWake* self = static_cast<UvWake*>(handle->data);
  Reactor* reactor = self->reactor;
  void (*stopped)(Reactor*) = self->stopped;
  free(self->handle);
  free(self);
  if (stopped != nullptr) stopped(reactor);
}

static void keep(Wake* wake, bool on) {
  UvWake* self = reinterpret_cast<UvWake*>(wake);
  (on ? self->uv.ref : self->uv.unref)(base(self));
}

static void stop(Wake* wake, void (*stopped)(Reactor* reactor)) {
  UvWake* self = reinterpret_cast<UvWake*>(wake);
  self->stopped = stopped;
  self->uv.poll_stop(self->handle);
  self->uv.close(base(self), on_closed);
}

Wake* wake_uv_start(napi_env env, Reactor* reactor, int* error) {
  UvWake* self = static_cast<UvWake*>(calloc(1, sizeof(UvWake)));
  if (self == nullptr) {
    *error = ENOMEM;
    return nullptr;
  }
  self->wake = {keep, stop};
  self->reactor = reactor;
  uv_loop_t* loop = nullptr;
  if (!find_all(&self->uv) || self->uv.event_loop(env, &loop) != napi_ok) {
    free(self);
    *error = ENOTSUP;
    return nullptr;
  }
  self->handle = static_cast<uv_poll_t*>(calloc(1, self->uv.handle_size(UV_POLL)));
  if (self->handle == nullptr) {
    free(self);
    *error = ENOMEM;
    return nullptr;
  }
  int answer = self->uv.poll_init(loop, self->handle, reactor->poller.descriptor);
  if (answer < 0) {
    free(self->handle);
    free(self);
    *error = -answer;
    return nullptr;
  }
  self->handle->data = self;
  answer = self->uv.poll_start(self->handle, UV_READABLE, on_poll);
  if (answer < 0) {
    self->uv.close(base(self), on_closed);
    *error = -answer;
    return nullptr;
  }
  self->uv.unref(base(self));
  return &self->wake;
}
