// Owns how settings are read from JavaScript objects and how objects, buffers and errors are made: see values.h.
#include "values.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

void* handle_of(napi_env env, napi_value value, HandleKind kind) {
  void* data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok || data == nullptr) return nullptr;
  return *static_cast<uint32_t*>(data) == kind ? data : nullptr;
}

napi_value Settings::value(const char* name) const {
  napi_value result = nullptr;
  if (napi_get_named_property(env, object, name, &result) != napi_ok) napi_get_null(env, &result);
  return result;
}

bool Settings::boolean(const char* name) const {
  bool result = false;
  napi_get_value_bool(env, value(name), &result);
  return result;
}

int32_t Settings::integer(const char* name) const {
  int32_t result = 0;
  napi_get_value_int32(env, value(name), &result);
  return result;
}

char* Settings::text(const char* name, bool* bad) const {
  const napi_value string = value(name);
  size_t length = 0;
  if (napi_get_value_string_utf8(env, string, nullptr, 0, &length) != napi_ok) return nullptr;
  char* result = static_cast<char*>(malloc(length + 1));
  if (result == nullptr || napi_get_value_string_utf8(env, string, result, length + 1, &length) != napi_ok) {
    free(result);
    *bad = true;
    return nullptr;
  }
  if (memchr(result, 0, length) != nullptr) *bad = true;
  return result;
}

Bytes Settings::bytes(const char* name) const {
  Bytes result = {nullptr, 0};
  if (!Arguments<1>::bytes_of(env, value(name), &result)) return {nullptr, 0};
  // Empty memory may have no address; the caller tells empty from missing by it.
  static uint8_t nothing[1];
  if (result.data == nullptr) result.data = nothing;
  return result;
}

uint32_t list_length(napi_env env, napi_value list) {
  uint32_t length = 0;
  return napi_get_array_length(env, list, &length) == napi_ok ? length : 0;
}

Bytes list_bytes(napi_env env, napi_value list, uint32_t index) {
  napi_value element;
  Bytes result = {nullptr, 0};
  if (napi_get_element(env, list, index, &element) != napi_ok || !Arguments<1>::bytes_of(env, element, &result)) {
    return {nullptr, 0};
  }
  return result;
}

uint8_t* copy_of(Bytes bytes) {
  if (bytes.length == 0) return nullptr;
  uint8_t* copy = static_cast<uint8_t*>(malloc(bytes.length));
  if (copy != nullptr) memcpy(copy, bytes.data, bytes.length);
  return copy;
}

napi_value null_value(napi_env env) {
  napi_value result = nullptr;
  napi_get_null(env, &result);
  return result;
}

napi_value buffer_of(napi_env env, const void* data, size_t length) {
  napi_value result = nullptr;
  napi_create_buffer_copy(env, length, data, nullptr, &result);
  return result;
}

napi_value text_of(napi_env env, const char* text) {
  if (text == nullptr) return null_value(env);
  napi_value result = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

void set_value(napi_env env, napi_value object, const char* name, napi_value value) {
  if (value != nullptr) napi_set_named_property(env, object, name, value);
}

void set_integer(napi_env env, napi_value object, const char* name, int32_t value) {
  set_value(env, object, name, give(env, value));
}

void set_number(napi_env env, napi_value object, const char* name, double value) {
  napi_value number = nullptr;
  if (napi_create_double(env, value, &number) == napi_ok) set_value(env, object, name, number);
}

void set_text(napi_env env, napi_value object, const char* name, const char* text) {
  set_value(env, object, name, text_of(env, text));
}

napi_value throw_openssl(napi_env env, const char* code, const char* otherwise) {
  const char* reason = reason_of(ERR_peek_error());
  napi_throw_error(env, code, reason[0] != '\0' ? reason : otherwise);
  ERR_clear_error();
  return nullptr;
}

const char* reason_of(unsigned long error) {
  // The system's own errors have no reason string, and 0 is no error at all.
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "" : reason;
}
