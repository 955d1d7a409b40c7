// Owns the opening of shared libraries for those that are loaded later. It must not know what is in them.
#include <dlfcn.h>
#include <stdlib.h>

#include "arguments.h"
#include "environment.h"
#include "glibc_versions.h"

static napi_value JS_openGlobal(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  char path[4096];
  size_t length;
  napi_value result = nullptr;
  // It is never closed: what was found in it is used until the process ends.
  if (napi_get_value_string_utf8(env, a.values[0], path, sizeof path, &length) == napi_ok && length < sizeof path - 1 &&
      dlopen(path, RTLD_NOW | RTLD_GLOBAL) != nullptr) {
    napi_get_null(env, &result);
    return result;
  }
  const char* reason = dlerror();
  napi_create_string_utf8(env, reason != nullptr ? reason : "no path", NAPI_AUTO_LENGTH, &result);
  return result;
}

const FunctionEntry library_functions[] = {
    {"openGlobal", JS_openGlobal},
    {nullptr, nullptr},
};
