// Owns how functions of C++ become functions of JavaScript. It must not know which there are.
#ifndef BERKELEY_FUNCTIONS_H
#define BERKELEY_FUNCTIONS_H

#include <node_api.h>

struct FunctionEntry {
  const char* name;
  napi_callback callback;
};

// Puts a list, which a null name ends, on the exports. False when the runtime refuses.
inline bool add_functions(napi_env env, napi_value exports, void* environment, const FunctionEntry* entries) {
  for (; entries->name != nullptr; ++entries) {
    napi_value function;
    // The environment travels as the function's data: napi_get_cb_info hands it out with the arguments, for nothing.
    if (napi_create_function(env, entries->name, NAPI_AUTO_LENGTH, entries->callback, environment, &function) != napi_ok ||
        napi_set_named_property(env, exports, entries->name, function) != napi_ok) {
      return false;
    }
  }
  return true;
}

#endif
