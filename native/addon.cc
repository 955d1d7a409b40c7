// Owns the addon's start: what JavaScript finds on its exports. It must not know what the functions do.
#include <node_api.h>

#include "constants.h"
#include "environment.h"

NAPI_MODULE_INIT() {
  Environment* environment = environment_create(env);
  if (environment == nullptr) {
    napi_throw_error(env, "ENOMEM", "berkeley: out of memory");
    return nullptr;
  }
  const FunctionEntry* const lists[] = {
      descriptor_functions, endpoint_functions,  transfer_functions, option_functions,
      poll_functions,       interface_functions, lookup_functions,   reactor_functions,
      library_functions,    message_functions,   file_functions,
  };
  for (const FunctionEntry* list : lists) {
    if (!add_functions(env, exports, environment, list)) return nullptr;
  }
  napi_value constants = constants_object(env);
  napi_value errnos = errnos_object(env);
  if (constants == nullptr || errnos == nullptr) return nullptr;
  napi_set_named_property(env, exports, "constants", constants);
  napi_set_named_property(env, exports, "errnos", errnos);
  return exports;
}
