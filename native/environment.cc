// Owns the birth and the end of an environment's native data. It must not know how the parts end themselves.
//
// No JavaScript runs any more when an environment ends, and exit handlers of terminated workers never ran at all; so
// everything the environment owns is closed here. With a uv handle the end is an asynchronous cleanup hook, since the
// handle is gone only when its close callback has run: with a synchronous one the loop is torn down under it. Without one
// the hook is synchronous, because Deno (2.9) frees an asynchronous hook twice when it is removed as Node-API demands.
#include "environment.h"

#include <stdlib.h>

#include "ownership.h"

static void free_when_over(Environment* environment) {
  if (environment->ended && environment->finalized) free(environment);
}

static void reactor_stopped(Environment* environment) {
  ownership_close_all(environment);
  lookups_end(environment);
  if (environment->slab_reference != nullptr) napi_delete_reference(environment->env, environment->slab_reference);
  environment->slab_reference = nullptr;
  environment->slab = nullptr;
  environment->slab_length = 0;

  // Read first: removing the hook may run the finalizer, which frees the memory.
  napi_async_cleanup_hook_handle cleanup = environment->cleanup;
  environment->cleanup = nullptr;
  environment->ended = true;
  free_when_over(environment);
  if (cleanup != nullptr) napi_remove_async_cleanup_hook(cleanup);
}

static void end_asynchronously(napi_async_cleanup_hook_handle, void* data) {
  reactor_end(static_cast<Environment*>(data), reactor_stopped);
}

static void end_synchronously(void* data) { reactor_end(static_cast<Environment*>(data), reactor_stopped); }

static void finalize(napi_env, void* data, void*) {
  Environment* environment = static_cast<Environment*>(data);
  environment->finalized = true;
  free_when_over(environment);
}

Environment* environment_create(napi_env env) {
  Environment* environment = static_cast<Environment*>(calloc(1, sizeof(Environment)));
  if (environment == nullptr) return nullptr;
  environment->env = env;
  if (napi_set_instance_data(env, environment, finalize, nullptr) != napi_ok) {
    free(environment);
    return nullptr;
  }
  napi_add_env_cleanup_hook(env, end_synchronously, environment);
  return environment;
}

bool environment_end_asynchronously(Environment* environment) {
  napi_env env = environment->env;
  if (napi_add_async_cleanup_hook(env, end_asynchronously, environment, &environment->cleanup) != napi_ok) {
    environment->cleanup = nullptr;
    return false;
  }
  napi_remove_env_cleanup_hook(env, end_synchronously, environment);
  return true;
}
