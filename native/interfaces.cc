// Owns the names and numbers of network interfaces. It must not know addresses.
#include <errno.h>
#include <net/if.h>

#include "arguments.h"
#include "environment.h"

static napi_value JS_ifNameToIndex(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  // Longer than any name may be, so that a long one is refused and not cut to one that exists.
  char name[IF_NAMESIZE * 4];
  size_t length;
  if (napi_get_value_string_utf8(env, a.values[0], name, sizeof name, &length) != napi_ok) return give(env, -EINVAL);
  if (length >= IF_NAMESIZE || strlen(name) != length) return give(env, -ENODEV);
  const unsigned index = if_nametoindex(name);
  return give(env, index == 0 ? -errno : static_cast<int>(index));
}

static napi_value JS_ifIndexToName(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  int32_t index;
  char name[IF_NAMESIZE];
  napi_value result = nullptr;
  if (!a.integer(0, &index) || if_indextoname(static_cast<unsigned>(index), name) == nullptr) {
    napi_get_null(env, &result);
  } else {
    napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &result);
  }
  return result;
}

const FunctionEntry interface_functions[] = {
    {"ifNameToIndex", JS_ifNameToIndex},
    {"ifIndexToName", JS_ifIndexToName},
    {nullptr, nullptr},
};
