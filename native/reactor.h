// Owns the reactor's shape: what a platform must supply (the poller) and what a wake-up does. It must not know how the
// runtime is woken.
#ifndef BERKELEY_REACTOR_H
#define BERKELEY_REACTOR_H

#include <node_api.h>
#include <stdint.h>

struct Environment;
struct Wake;

// ---- What a platform must supply. Linux: reactor_epoll.cc.

struct Poller {
  // Readable while poller_take would give something.
  int descriptor;
  int timer;
};

// 0 or -errno; on failure nothing is left open.
int poller_open(Poller* poller);
void poller_close(Poller* poller);
// Edge-triggered, once per descriptor.
int poller_add(Poller* poller, int fd, int32_t token, int32_t generation, uint32_t events);
int poller_remove(Poller* poller, int fd);
// Negative disarms.
int poller_timer(Poller* poller, int64_t nanoseconds);
// Up to `capacity` triples [token, generation, events], without waiting; how many. The timer is [-1, 0, events].
int poller_take(Poller* poller, int32_t* triples, int capacity);

// ---- The reactor of one environment.

struct Reactor {
  Environment* environment;
  Poller poller;
  Wake* wake;
  int32_t* batch;
  int capacity;
  int32_t* state;
  napi_ref batch_reference;
  napi_ref state_reference;
  napi_ref ready_reference;
  // What the wake mechanism was told last.
  bool kept;
  void (*stopped)(Environment* environment);
};

// The two ways to call JavaScript, because they differ in who runs the microtasks afterwards.
enum ReactorCall { call_from_loop, call_from_threadsafe_function };

// Takes what is ready, calls JavaScript with it, then keeps or lets go the process. Needs no handle scope.
void reactor_wake(Reactor* reactor, ReactorCall how);

#endif
