// Owns the functions by which JavaScript asks for names and addresses. It must not know threads.
#include <errno.h>
#include <stdlib.h>

#include "arguments.h"
#include "environment.h"
#include "resolver.h"

// A copy from malloc, or null for null. False for what is no string, for a NUL inside (C would see another name) and
// when memory is short.
static bool copy_string(napi_env env, napi_value value, char** out, int* error) {
  *out = nullptr;
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  if (type == napi_null) return true;
  size_t length;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  char* copy = static_cast<char*>(malloc(length + 1));
  if (copy == nullptr) {
    *error = -ENOMEM;
    return false;
  }
  if (napi_get_value_string_utf8(env, value, copy, length + 1, &length) != napi_ok || strlen(copy) != length) {
    free(copy);
    return false;
  }
  *out = copy;
  return true;
}

static int start(Environment* environment, Lookup* lookup) {
  const int fd = lookup_start(lookup);
  if (fd < 0) return fd;
  if (fd_table_set(&environment->lookups, fd, lookup)) return fd;
  lookup_release(lookup);
  return -ENOMEM;
}

static napi_value JS_lookup(napi_env env, napi_callback_info info) {
  Arguments<6> a(env, info);
  int32_t family, socktype, protocol, flags;
  if (!a.integer(2, &family) || !a.integer(3, &socktype) || !a.integer(4, &protocol) || !a.integer(5, &flags)) {
    return give(env, -EINVAL);
  }
  Lookup* lookup = lookup_create();
  if (lookup == nullptr) return give(env, -ENOMEM);
  lookup->hints.ai_family = family;
  lookup->hints.ai_socktype = socktype;
  lookup->hints.ai_protocol = protocol;
  lookup->hints.ai_flags = flags;
  int error = -EINVAL;
  if (!copy_string(env, a.values[0], &lookup->host, &error) || !copy_string(env, a.values[1], &lookup->service, &error)) {
    lookup_discard(lookup);
    return give(env, error);
  }
  return give(env, start(a.environment, lookup));
}

static napi_value JS_reverse(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  int32_t flags;
  if (!a.integer(1, &flags)) return give(env, -EINVAL);
  Bytes address;
  if (!a.bytes(0, &address) || address.length > sizeof(sockaddr_storage)) return give(env, -EFAULT);
  Lookup* lookup = lookup_create();
  if (lookup == nullptr) return give(env, -ENOMEM);
  lookup->reverse = true;
  lookup->flags = flags;
  lookup->address.length = static_cast<socklen_t>(address.length);
  if (address.length > 0) memcpy(&lookup->address.address, address.data, address.length);
  return give(env, start(a.environment, lookup));
}

static void set_integer(napi_env env, napi_value object, const char* name, int value) {
  napi_set_named_property(env, object, name, give(env, value));
}

static void set_string(napi_env env, napi_value object, const char* name, const char* value) {
  napi_value result = nullptr;
  if (value == nullptr) {
    napi_get_null(env, &result);
  } else {
    napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result);
  }
  napi_set_named_property(env, object, name, result);
}

static void set_addresses(napi_env env, napi_value object, const Lookup* lookup) {
  napi_value list;
  if (napi_create_array_with_length(env, lookup->count, &list) != napi_ok) return;
  for (size_t i = 0; i < lookup->count; ++i) {
    const LookupAddress* address = &lookup->addresses[i];
    napi_value memory, bytes;
    void* data;
    if (napi_create_arraybuffer(env, address->length, &data, &memory) != napi_ok) return;
    memcpy(data, &address->address, address->length);
    if (napi_create_typedarray(env, napi_uint8_array, address->length, memory, 0, &bytes) != napi_ok) return;
    napi_set_element(env, list, static_cast<uint32_t>(i), bytes);
  }
  napi_set_named_property(env, object, "addresses", list);
}

static napi_value JS_lookupTake(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  napi_value result = nullptr;
  napi_get_null(env, &result);
  int32_t fd;
  if (!a.integer(0, &fd)) return result;
  Lookup* lookup = static_cast<Lookup*>(fd_table_get(&a.environment->lookups, fd));
  if (lookup == nullptr || !lookup_done(lookup)) return result;
  if (napi_create_object(env, &result) != napi_ok) return nullptr;
  set_integer(env, result, "error", lookup->error);
  set_integer(env, result, "errno", lookup->system_error);
  set_addresses(env, result, lookup);
  set_string(env, result, "canonicalName", lookup->canonical_name);
  set_string(env, result, "host", lookup->found_host);
  set_string(env, result, "service", lookup->found_service);
  return result;
}

static napi_value JS_lookupClose(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t fd;
  if (!a.integer(0, &fd)) return nullptr;
  Lookup* lookup = static_cast<Lookup*>(fd_table_get(&a.environment->lookups, fd));
  if (lookup == nullptr) return nullptr;
  fd_table_set(&a.environment->lookups, fd, nullptr);
  lookup_release(lookup);
  return nullptr;
}

static napi_value JS_gaiError(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t code = 0;
  a.integer(0, &code);
  napi_value result = nullptr;
  napi_create_string_utf8(env, gai_strerror(code), NAPI_AUTO_LENGTH, &result);
  return result;
}

void lookups_end(Environment* environment) {
  for (int fd = 0; fd < environment->lookups.capacity; ++fd) {
    Lookup* lookup = static_cast<Lookup*>(environment->lookups.entries[fd]);
    if (lookup != nullptr) lookup_release(lookup);
  }
  fd_table_free(&environment->lookups);
}

const FunctionEntry lookup_functions[] = {
    {"lookup", JS_lookup},
    {"reverse", JS_reverse},
    {"lookupTake", JS_lookupTake},
    {"lookupClose", JS_lookupClose},
    {"gaiError", JS_gaiError},
    {nullptr, nullptr},
};
