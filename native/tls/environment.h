// Owns what belongs to one JavaScript environment (the main thread's or a worker's): the array that calls report to, and
// memory that sessions take turns with. It must not know what a session is.
#ifndef BERKELEY_TLS_ENVIRONMENT_H
#define BERKELEY_TLS_ENVIRONMENT_H

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#include "../functions.h"

// The largest record with its header is 16,645 bytes (RFC 5246 §6.2.3). A large block holds 64 KiB of plaintext in
// records and one more.
static const size_t small_block = 17 * 1024;
static const size_t large_block = 88 * 1024;

struct BlockPool {
  uint8_t* small[4];
  uint8_t* large[2];
  int small_count;
  int large_count;
};

// Indices into the status array: tlsStatus in src/native/tls-binding.ts.
enum Status { status_drained, status_unsent, status_buffered, status_news, status_closed, status_count };

struct Environment {
  napi_env env;
  // Points to `nowhere` until setStatus and after the end.
  int32_t* status;
  napi_ref status_reference;
  int32_t nowhere[status_count];
  BlockPool pool;
  // One for the instance, one for each handle: runtimes differ in the order of finalizers.
  int references;
};

// Null when memory is short.
Environment* environment_create(napi_env env);
void environment_release(Environment* environment);

// A block of at least `wanted` bytes, whose size goes to `*capacity`. Null when memory is short.
uint8_t* block_take(Environment* environment, size_t wanted, size_t* capacity);
void block_give(Environment* environment, uint8_t* block, size_t capacity);

// Each file that has functions for JavaScript brings its list, ended by a null name.
extern const FunctionEntry store_functions[];
extern const FunctionEntry pkcs12_functions[];
extern const FunctionEntry context_functions[];
extern const FunctionEntry session_functions[];
extern const FunctionEntry handshake_functions[];
extern const FunctionEntry transfer_functions[];
extern const FunctionEntry facts_functions[];
extern const FunctionEntry secrets_functions[];

#endif
