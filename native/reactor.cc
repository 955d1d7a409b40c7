// Owns the reactor of an environment: its start, a wake-up, its end. It must not know epoll, nor how the wake comes.
#include "reactor.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "arguments.h"
#include "clock.h"
#include "constants.h"
#include "environment.h"
#include "wake.h"

// Edges keep coming while JavaScript works; after so many full batches the loop gets its turn. Nothing is lost, since
// the poller's descriptor stays readable. How much a batch is, JavaScript says.
static const int most_rounds = 32;

static void settle(Reactor* reactor) {
  const bool wanted = reactor->state[0] > 0;
  if (wanted == reactor->kept || reactor->wake == nullptr) return;
  reactor->kept = wanted;
  reactor->wake->keep(reactor->wake, wanted);
}

// What JavaScript threw must end as an uncaught exception; nobody is above us to catch it.
static void report(napi_env env) {
  bool pending = false;
  napi_value error;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

// False when JavaScript cannot be called any more.
static bool call(Reactor* reactor, int round, int count, ReactorCall how) {
  napi_env env = reactor->environment->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  napi_value global, function, argument;
  napi_status status = napi_get_reference_value(env, reactor->ready_reference, &function);
  if (status == napi_ok) status = napi_get_global(env, &global);
  if (status == napi_ok) status = napi_create_int32(env, count, &argument);
  if (status == napi_ok) {
    reactor->state[1] = round;
    // napi_make_callback runs the microtasks and ticks; a thread-safe function's caller does that itself.
    status = how == call_from_loop ? napi_make_callback(env, nullptr, global, function, 1, &argument, nullptr)
                                   : napi_call_function(env, global, function, 1, &argument, nullptr);
    reactor->state[1] = 0;
    if (status == napi_pending_exception) {
      report(env);
      status = napi_ok;
    }
  }
  napi_close_handle_scope(env, scope);
  return status == napi_ok;
}

void reactor_wake(Reactor* reactor, ReactorCall how) {
  for (int round = 1; round <= most_rounds; ++round) {
    const int count = poller_take(&reactor->poller, reactor->batch, reactor->capacity);
    if (count == 0 || !call(reactor, round, count, how) || count < reactor->capacity) break;
  }
  settle(reactor);
}

// Frees a reactor whose wake is stopped or never was.
static void destroy(Reactor* reactor) {
  napi_env env = reactor->environment->env;
  if (reactor->batch_reference != nullptr) napi_delete_reference(env, reactor->batch_reference);
  if (reactor->state_reference != nullptr) napi_delete_reference(env, reactor->state_reference);
  if (reactor->ready_reference != nullptr) napi_delete_reference(env, reactor->ready_reference);
  poller_close(&reactor->poller);
  free(reactor);
}

static void wake_stopped(Reactor* reactor) {
  Environment* environment = reactor->environment;
  void (*stopped)(Environment*) = reactor->stopped;
  destroy(reactor);
  stopped(environment);
}

void reactor_end(Environment* environment, void (*stopped)(Environment* environment)) {
  Reactor* reactor = environment->reactor;
  if (reactor == nullptr) {
    stopped(environment);
    return;
  }
  environment->reactor = nullptr;
  reactor->stopped = stopped;
  Wake* wake = reactor->wake;
  reactor->wake = nullptr;
  wake->stop(wake, wake_stopped);
}

static napi_value JS_reactorStart(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  if (a.environment->reactor != nullptr) return give(env, -EALREADY);
  char mode[8];
  size_t length;
  Integers batch, state;
  napi_valuetype type;
  if (napi_get_value_string_utf8(env, a.values[0], mode, sizeof mode, &length) != napi_ok || !a.integers(1, &batch) ||
      !a.integers(2, &state) || batch.length < 3 || state.length < 2 ||
      napi_typeof(env, a.values[3], &type) != napi_ok || type != napi_function) {
    return give(env, -EINVAL);
  }
  const bool uv = strcmp(mode, "uv") == 0;
  if (!uv && strcmp(mode, "thread") != 0) return give(env, -EINVAL);

  Reactor* reactor = static_cast<Reactor*>(calloc(1, sizeof(Reactor)));
  if (reactor == nullptr) return give(env, -ENOMEM);
  reactor->environment = a.environment;
  const int opened = poller_open(&reactor->poller);
  if (opened < 0) {
    free(reactor);
    return give(env, opened);
  }
  reactor->batch = batch.data;
  reactor->capacity = static_cast<int>(batch.length / 3 < INT_MAX / 3 ? batch.length / 3 : INT_MAX / 3);
  reactor->state = state.data;
  int error = ENOMEM;
  if (napi_create_reference(env, a.values[1], 1, &reactor->batch_reference) == napi_ok &&
      napi_create_reference(env, a.values[2], 1, &reactor->state_reference) == napi_ok &&
      napi_create_reference(env, a.values[3], 1, &reactor->ready_reference) == napi_ok) {
    if (uv && a.environment->cleanup == nullptr && !environment_end_asynchronously(a.environment)) {
      error = ENOTSUP;
    } else {
      reactor->wake = (uv ? wake_uv_start : wake_thread_start)(env, reactor, &error);
    }
  }
  if (reactor->wake == nullptr) {
    destroy(reactor);
    return give(env, -error);
  }
  a.environment->reactor = reactor;
  settle(reactor);
  return give(env, 0);
}

static napi_value JS_reactorAdd(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int32_t fd, token, generation, events;
  if (!a.integer(0, &fd) || !a.integer(1, &token) || !a.integer(2, &generation) || !a.integer(3, &events)) {
    return give(env, -EINVAL);
  }
  Reactor* reactor = a.environment->reactor;
  if (reactor == nullptr) return give(env, -EBADF);
  return give(env, poller_add(&reactor->poller, fd, token, generation, static_cast<uint32_t>(events)));
}

static napi_value JS_reactorRemove(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return give(env, -EINVAL);
  Reactor* reactor = a.environment->reactor;
  return give(env, reactor == nullptr ? -EBADF : poller_remove(&reactor->poller, fd));
}

static napi_value JS_reactorTimer(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  double ms;
  if (!a.number(0, &ms) || isnan(ms)) return give(env, -EINVAL);
  Reactor* reactor = a.environment->reactor;
  if (reactor == nullptr) return give(env, -EBADF);
  const bool disarm = isinf(ms) && ms > 0;
  return give(env, poller_timer(&reactor->poller, disarm ? -1 : nanoseconds_of(ms)));
}

static napi_value JS_reactorSync(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  if (a.environment->reactor != nullptr) settle(a.environment->reactor);
  return nullptr;
}

const FunctionEntry reactor_functions[] = {
    {"reactorStart", JS_reactorStart},
    {"reactorAdd", JS_reactorAdd},
    {"reactorRemove", JS_reactorRemove},
    {"reactorTimer", JS_reactorTimer},
    {"reactorSync", JS_reactorSync},
    {nullptr, nullptr},
};
