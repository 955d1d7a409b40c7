// Owns the birth and the end of an environment's data, and its blocks of memory. It must not know what the blocks hold.
#include "environment.h"

#include <stdlib.h>

static void forget_status(void* data) {
  Environment* environment = static_cast<Environment*>(data);
  environment->status = environment->nowhere;
  // Nobody else gives it back: with each worker that ended a little would stay.
  if (environment->status_reference != nullptr) napi_delete_reference(environment->env, environment->status_reference);
  environment->status_reference = nullptr;
}

static void finalize(napi_env, void* data, void*) {
  Environment* environment = static_cast<Environment*>(data);
  environment->status = environment->nowhere;
  environment_release(environment);
}

Environment* environment_create(napi_env env) {
  Environment* environment = static_cast<Environment*>(calloc(1, sizeof(Environment)));
  if (environment == nullptr) return nullptr;
  environment->env = env;
  environment->status = environment->nowhere;
  environment->references = 1;
  if (napi_set_instance_data(env, environment, finalize, nullptr) != napi_ok) {
    free(environment);
    return nullptr;
  }
  napi_add_env_cleanup_hook(env, forget_status, environment);
  return environment;
}

void environment_release(Environment* environment) {
  if (--environment->references > 0) return;
  BlockPool* pool = &environment->pool;
  while (pool->small_count > 0) free(pool->small[--pool->small_count]);
  while (pool->large_count > 0) free(pool->large[--pool->large_count]);
  free(environment);
}

static uint8_t* take_from(uint8_t** blocks, int* count, size_t size) {
  return *count > 0 ? blocks[--*count] : static_cast<uint8_t*>(malloc(size));
}

static void give_to(uint8_t** blocks, int* count, int most, uint8_t* block) {
  if (*count < most) {
    blocks[(*count)++] = block;
  } else {
    free(block);
  }
}

uint8_t* block_take(Environment* environment, size_t wanted, size_t* capacity) {
  BlockPool* pool = &environment->pool;
  if (wanted <= small_block) {
    *capacity = small_block;
    return take_from(pool->small, &pool->small_count, small_block);
  }
  if (wanted <= large_block) {
    *capacity = large_block;
    return take_from(pool->large, &pool->large_count, large_block);
  }
  *capacity = wanted;
  return static_cast<uint8_t*>(malloc(wanted));
}

void block_give(Environment* environment, uint8_t* block, size_t capacity) {
  BlockPool* pool = &environment->pool;
  if (block == nullptr) return;
  if (capacity == small_block) {
    give_to(pool->small, &pool->small_count, 4, block);
  } else if (capacity == large_block) {
    give_to(pool->large, &pool->large_count, 2, block);
  } else {
    free(block);
  }
}
