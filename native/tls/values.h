// Owns how settings are read from JavaScript objects and how objects, buffers and errors are made. It must not know what
// any of them means.
//
// The TypeScript side validates, so a property of the wrong type reads as if it were missing.
#ifndef BERKELEY_TLS_VALUES_H
#define BERKELEY_TLS_VALUES_H

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#include "../arguments.h"

// What a napi_external of ours points to begins with one of these.
enum HandleKind : uint32_t { kind_store = 0x62530001, kind_context = 0x62530002, kind_session = 0x62530003 };

// Null when the value is no handle of that kind.
void* handle_of(napi_env env, napi_value value, HandleKind kind);

struct Settings {
  napi_env env;
  napi_value object;

  napi_value value(const char* name) const;
  bool boolean(const char* name) const;
  int32_t integer(const char* name) const;
  // From malloc; null when it is null. Text with a NUL in it sets *bad.
  char* text(const char* name, bool* bad) const;
  // data null when it is null.
  Bytes bytes(const char* name) const;
};

uint32_t list_length(napi_env env, napi_value list);
// data null when the element is no Uint8Array.
Bytes list_bytes(napi_env env, napi_value list, uint32_t index);

// From malloc; null when memory is short or `bytes` is empty.
uint8_t* copy_of(Bytes bytes);

napi_value null_value(napi_env env);
napi_value buffer_of(napi_env env, const void* data, size_t length);
// Null becomes null.
napi_value text_of(napi_env env, const char* text);
void set_value(napi_env env, napi_value object, const char* name, napi_value value);
void set_integer(napi_env env, napi_value object, const char* name, int32_t value);
void set_number(napi_env env, napi_value object, const char* name, double value);
void set_text(napi_env env, napi_value object, const char* name, const char* text);

// Throws an Error with this code whose message is the reason of the first entry in OpenSSL's queue, or `otherwise`.
// Empties the queue. Returns null, for the function to return.
napi_value throw_openssl(napi_env env, const char* code, const char* otherwise);

// "no shared cipher"; '' when there is none.
const char* reason_of(unsigned long error);

#endif
