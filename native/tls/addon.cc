// Owns the TLS addon's start: what JavaScript finds on its exports. It must not know what the functions do.
//
// It is a file of its own because it needs OpenSSL's symbols, which are the running program's. Linked with `-z now`, it
// does not load where one is missing, and that is an error to catch.
#include <node_api.h>
#include <openssl/crypto.h>

#include "environment.h"
#include "values.h"
#include "verify_codes.h"

static napi_value JS_versionNumber(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  napi_create_double(env, static_cast<double>(OpenSSL_version_num()), &result);
  return result;
}

static napi_value JS_versionText(napi_env env, napi_callback_info) {
  return text_of(env, OpenSSL_version(OPENSSL_VERSION));
}

static napi_value JS_setStatus(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Environment* environment = a.environment;
  Integers status;
  napi_ref reference = nullptr;
  if (!a.integers(0, &status) || status.length < status_count ||
      napi_create_reference(env, a.values[0], 1, &reference) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "berkeley: the status must be an Int32Array");
    return nullptr;
  }
  if (environment->status_reference != nullptr) napi_delete_reference(env, environment->status_reference);
  environment->status_reference = reference;
  environment->status = status.data;
  return nullptr;
}

static const FunctionEntry own_functions[] = {
    {"versionNumber", JS_versionNumber},
    {"versionText", JS_versionText},
    {"setStatus", JS_setStatus},
    {nullptr, nullptr},
};

NAPI_MODULE_INIT() {
  Environment* environment = environment_create(env);
  if (environment == nullptr) {
    napi_throw_error(env, "ENOMEM", "berkeley: out of memory");
    return nullptr;
  }
  const FunctionEntry* const lists[] = {
      own_functions,       store_functions,    pkcs12_functions, context_functions, session_functions,
      handshake_functions, transfer_functions, facts_functions,  secrets_functions,
  };
  for (const FunctionEntry* list : lists) {
    if (!add_functions(env, exports, environment, list)) return nullptr;
  }
  set_value(env, exports, "verifyCodes", verify_codes_object(env));
  return exports;
}
