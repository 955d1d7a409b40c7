// Owns what belongs to one JavaScript environment (the main thread's or a worker's) and its end. It must not know what a
// reactor or a lookup does, only that they are to be ended.
#ifndef BERKELEY_ENVIRONMENT_H
#define BERKELEY_ENVIRONMENT_H

#include <node_api.h>
#include <stdint.h>

#include "fd_table.h"
#include "functions.h"

struct Reactor;

struct Environment {
  napi_env env;
  // Null while the end is synchronous.
  napi_async_cleanup_hook_handle cleanup;

  // The slab of recvSlab and sendSlab; the reference keeps it alive.
  uint8_t* slab;
  size_t slab_length;
  napi_ref slab_reference;

  Reactor* reactor;

  // Live lookups by their eventfd.
  FdTable lookups;

  // The memory goes when both have happened; runtimes differ in the order.
  bool ended;
  bool finalized;
};

// Null when memory is short.
Environment* environment_create(napi_env env);

// From now on the end may take a turn of the loop. False when the runtime refuses.
bool environment_end_asynchronously(Environment* environment);

// Each file that has functions for JavaScript brings its list, ended by a null name.
extern const FunctionEntry descriptor_functions[];
extern const FunctionEntry endpoint_functions[];
extern const FunctionEntry transfer_functions[];
extern const FunctionEntry message_functions[];
extern const FunctionEntry option_functions[];
extern const FunctionEntry poll_functions[];
extern const FunctionEntry interface_functions[];
extern const FunctionEntry lookup_functions[];
extern const FunctionEntry reactor_functions[];
extern const FunctionEntry library_functions[];
extern const FunctionEntry file_functions[];

// Gives up every lookup of the environment (lookup.cc).
void lookups_end(Environment* environment);

// Stops the reactor, then calls `stopped`, at once or from the loop (reactor.cc).
void reactor_end(Environment* environment, void (*stopped)(Environment* environment));

#endif
