// Owns how the constant tables become JavaScript objects. It must not know which constants there are.
#include "constants.h"

static bool add(napi_env env, napi_value object, const Constant* table) {
  for (; table->name != nullptr; ++table) {
    napi_value value;
    if (napi_create_int64(env, table->value, &value) != napi_ok ||
        napi_set_named_property(env, object, table->name, value) != napi_ok) {
      return false;
    }
  }
  return true;
}

napi_value constants_object(napi_env env) {
  napi_value object;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  const Constant* const tables[] = {socket_constants, internet_constants, tcp_constants,  tcp_state_constants,
                                    name_constants,   poll_constants,     link_constants, netlink_constants};
  for (const Constant* table : tables) {
    if (!add(env, object, table)) return nullptr;
  }
  napi_object_freeze(env, object);
  return object;
}

napi_value errnos_object(napi_env env) {
  napi_value object;
  if (napi_create_object(env, &object) != napi_ok || !add(env, object, errno_constants)) return nullptr;
  napi_object_freeze(env, object);
  return object;
}

const char* errno_name(int error) {
  for (const Constant* entry = errno_constants; entry->name != nullptr; ++entry) {
    if (entry->value == error) return entry->name;
  }
  return "EIO";
}
