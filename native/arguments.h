// Owns how arguments are fetched and results are given back. It must not know what any function does with them.
//
// The TypeScript side validates, so a wrong type here is a bug of the library: it becomes -EINVAL or -EFAULT, never a
// crash and never an exception, because the check costs nothing next to the fetching itself.
#ifndef BERKELEY_ARGUMENTS_H
#define BERKELEY_ARGUMENTS_H

#include <errno.h>
#include <node_api.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

struct Environment;

struct Bytes {
  uint8_t* data;
  size_t length;

  // Written so that offset + length cannot overflow.
  bool holds(int64_t offset, int64_t count) const {
    return offset >= 0 && count >= 0 && static_cast<uint64_t>(offset) <= length &&
           static_cast<uint64_t>(count) <= length - static_cast<uint64_t>(offset);
  }
};

struct Integers {
  int32_t* data;
  size_t length;
};

template <size_t N>
struct Arguments {
  napi_env env;
  Environment* environment = nullptr;
  napi_value values[N];

  Arguments(napi_env e, napi_callback_info info) : env(e) {
    size_t count = N;
    void* data = nullptr;
    napi_get_cb_info(e, info, &count, values, nullptr, &data);
    environment = static_cast<Environment*>(data);
  }

  bool integer(size_t index, int32_t* out) const { return napi_get_value_int32(env, values[index], out) == napi_ok; }

  // For offsets and lengths, which may pass 2^32.
  bool wide(size_t index, int64_t* out) const { return napi_get_value_int64(env, values[index], out) == napi_ok; }

  bool number(size_t index, double* out) const { return napi_get_value_double(env, values[index], out) == napi_ok; }

  bool boolean(size_t index, bool* out) const { return napi_get_value_bool(env, values[index], out) == napi_ok; }

  bool bytes(size_t index, Bytes* out) const { return bytes_of(env, values[index], out); }

  bool integers(size_t index, Integers* out) const {
    napi_typedarray_type type;
    void* data = nullptr;
    if (napi_get_typedarray_info(env, values[index], &type, &out->length, &data, nullptr, nullptr) != napi_ok ||
        type != napi_int32_array) {
      return false;
    }
    out->data = static_cast<int32_t*>(data);
    return true;
  }

  bool null(size_t index) const {
    napi_valuetype type;
    return napi_typeof(env, values[index], &type) == napi_ok && type == napi_null;
  }

  static bool bytes_of(napi_env env, napi_value value, Bytes* out) {
    napi_typedarray_type type;
    void* data = nullptr;
    if (napi_get_typedarray_info(env, value, &type, &out->length, &data, nullptr, nullptr) != napi_ok ||
        type != napi_uint8_array) {
      return false;
    }
    out->data = static_cast<uint8_t*>(data);
    return true;
  }
};

inline napi_value give(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

// One system call, again when a signal came before it did anything. What the kernel transfers at once (MAX_RW_COUNT)
// is below 2^31, so an int holds every answer.
template <typename Call>
inline int attempt(Call call) {
  for (;;) {
    const ssize_t answer = static_cast<ssize_t>(call());
    if (answer >= 0) return static_cast<int>(answer);
    if (errno != EINTR) return -errno;
  }
}

#endif
