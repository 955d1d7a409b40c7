// Owns the mistakes that the sanitizers must see, each in a function of its own: scripts/sanitizers.mjs calls them and looks
// whether they are reported, so that silence means something. It must not be part of any product.
#include <node_api.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

// What the compiler must not see through.
static volatile int one = 1;
static void* volatile kept;

static napi_value use_after_free(napi_env, napi_callback_info) {
  int* memory = static_cast<int*>(malloc(64));
  kept = memory;
  free(memory);
  one = *static_cast<int*>(kept);
  return nullptr;
}

// One byte behind a Buffer, whose memory is Node's.
static napi_value overflow(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  void* data = nullptr;
  size_t length = 0;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_buffer_info(env, argument, &data, &length);
  memset(data, 1, length + static_cast<size_t>(one));
  return nullptr;
}

static napi_value undefined_behaviour(napi_env, napi_callback_info) {
  one = 0x7fffffff;
  one = one + one;
  return nullptr;
}

static napi_value leak(napi_env, napi_callback_info) {
  kept = malloc(1234);
  memset(kept, 1, 1234);
  kept = nullptr;
  return nullptr;
}

// OpenSSL is Node's and not compiled with the sanitizer, so the way from malloc to us leads through frames without pointers.
static napi_value leak_openssl(napi_env, napi_callback_info) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  return nullptr;
}

static napi_value leak_reference(napi_env env, napi_callback_info) {
  napi_value object;
  napi_ref reference;
  napi_create_object(env, &object);
  napi_create_reference(env, object, 1, &reference);
  return nullptr;
}

static int shared;
static void* count_up(void*) {
  for (int i = 0; i < 1000; ++i) shared = shared + 1;
  return nullptr;
}

static napi_value race(napi_env, napi_callback_info) {
  pthread_t threads[2];
  for (pthread_t& thread : threads) pthread_create(&thread, nullptr, count_up, nullptr);
  for (pthread_t& thread : threads) pthread_join(thread, nullptr);
  return nullptr;
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {
      {"useAfterFree", use_after_free}, {"overflow", overflow},
      {"undefinedBehaviour", undefined_behaviour}, {"leak", leak},
      {"leakOpenssl", leak_openssl}, {"leakReference", leak_reference},
      {"race", race},
  };
  for (const auto& entry : functions) {
    napi_value function;
    napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, nullptr, &function);
    napi_set_named_property(env, exports, entry.name, function);
  }
  return exports;
}
