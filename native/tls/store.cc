// Owns the stores of trusted certificates and revocation lists. It must not know whose certificates are looked up there.
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

#include "context.h"

// A parsed root of 1 to 2 KB takes about this.
static const int64_t certificate_weight = 6 * 1024;

static bool add_certificate(X509_STORE* store, Bytes der) {
  const unsigned char* at = der.data;
  X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.length));
  const bool added =
      certificate != nullptr && at == der.data + der.length && X509_STORE_add_cert(store, certificate) == 1;
  X509_free(certificate);
  return added;
}

static bool add_revocations(X509_STORE* store, Bytes der) {
  const unsigned char* at = der.data;
  X509_CRL* list = d2i_X509_CRL(nullptr, &at, static_cast<long>(der.length));
  const bool added = list != nullptr && at == der.data + der.length && X509_STORE_add_crl(store, list) == 1;
  X509_CRL_free(list);
  return added;
}

static bool add_all(napi_env env, X509_STORE* store, napi_value list, bool (*add)(X509_STORE*, Bytes)) {
  const uint32_t count = list_length(env, list);
  for (uint32_t index = 0; index < count; ++index) {
    if (!add(store, list_bytes(env, list, index))) return false;
  }
  return true;
}

static void destroy(Store* store) {
  X509_STORE_free(store->store);
  environment_release(store->environment);
  free(store);
}

static void finalize(napi_env env, void* data, void*) {
  Store* store = static_cast<Store*>(data);
  int64_t ignored;
  napi_adjust_external_memory(env, -store->weight, &ignored);
  destroy(store);
}

static napi_value JS_storeNew(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  ERR_clear_error();
  Store* store = static_cast<Store*>(calloc(1, sizeof(Store)));
  if (store == nullptr) return throw_openssl(env, "ENOMEM", "out of memory");
  store->kind = kind_store;
  store->store = X509_STORE_new();
  store->environment = a.environment;
  ++a.environment->references;
  store->weight = certificate_weight * (list_length(env, a.values[0]) + list_length(env, a.values[1]));
  napi_value result = nullptr;
  if (store->store == nullptr || !add_all(env, store->store, a.values[0], add_certificate)) {
    destroy(store);
    return throw_openssl(env, "ERR_TLS_CERTIFICATE", "not one certificate in DER");
  }
  if (!add_all(env, store->store, a.values[1], add_revocations)) {
    destroy(store);
    return throw_openssl(env, "ERR_TLS_CERTIFICATE", "not one revocation list in DER");
  }
  if (list_length(env, a.values[1]) > 0) {
    X509_STORE_set_flags(store->store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  if (napi_create_external(env, store, finalize, nullptr, &result) != napi_ok) {
    destroy(store);
    return throw_openssl(env, "ENOMEM", "out of memory");
  }
  int64_t ignored;
  napi_adjust_external_memory(env, store->weight, &ignored);
  ERR_clear_error();
  return result;
}

time_t moment_of(const ASN1_TIME* time) {
  struct tm parts;
  return time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1 ? 0 : timegm(&parts);
}

time_t revocations_until(const SSL_CTX* ctx, time_t since) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  const unsigned long checks = X509_V_FLAG_CRL_CHECK;
  if ((X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(store)) & checks) == 0) return 0;
  time_t first = 0;
  STACK_OF(X509_OBJECT)* all = X509_STORE_get0_objects(store);
  for (int index = 0; index < sk_X509_OBJECT_num(all); ++index) {
    const X509_CRL* list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, index));
    const time_t end = list == nullptr ? 0 : moment_of(X509_CRL_get0_nextUpdate(list));
    if (end > since && (first == 0 || end < first)) first = end;
  }
  return first;
}

const FunctionEntry store_functions[] = {
    {"storeNew", JS_storeNew},
    {nullptr, nullptr},
};
