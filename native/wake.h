// Owns what a wake mechanism must supply: it watches the poller's descriptor and calls reactor_wake on the JavaScript
// thread. It must not know what is behind the descriptor.
#ifndef BERKELEY_WAKE_H
#define BERKELEY_WAKE_H

#include <node_api.h>

struct Reactor;

struct Wake {
  // Keeps the process alive, or lets it go. At first it is let go.
  void (*keep)(Wake* wake, bool on);
  // Nothing wakes any more; then `stopped`, at once or from the loop, after which the poller may be closed. The memory
  // is the wake's own affair.
  void (*stop)(Wake* wake, void (*stopped)(Reactor* reactor));
};

// Null, with *error set to a positive errno, when it cannot be started.
Wake* wake_uv_start(napi_env env, Reactor* reactor, int* error);
Wake* wake_thread_start(napi_env env, Reactor* reactor, int* error);

#endif
