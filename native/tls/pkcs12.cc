// Owns PKCS#12: one file becomes a key and a chain in DER. It must not know what they are used for.
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"
#include "values.h"

static napi_value key_buffer(napi_env env, const EVP_PKEY* key) {
  PKCS8_PRIV_KEY_INFO* info = key == nullptr ? nullptr : EVP_PKEY2PKCS8(key);
  unsigned char* der = nullptr;
  const int length = info == nullptr ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  const napi_value result = length > 0 ? buffer_of(env, der, static_cast<size_t>(length)) : null_value(env);
  if (der != nullptr) OPENSSL_clear_free(der, static_cast<size_t>(length));
  PKCS8_PRIV_KEY_INFO_free(info);
  return result;
}

static void append(napi_env env, napi_value array, const X509* certificate) {
  unsigned char* der = nullptr;
  uint32_t count = list_length(env, array);
  const int length = i2d_X509(certificate, &der);
  if (length > 0) napi_set_element(env, array, count, buffer_of(env, der, static_cast<size_t>(length)));
  OPENSSL_free(der);
}

static napi_value parts(napi_env env, PKCS12* file, const char* passphrase) {
  EVP_PKEY* key = nullptr;
  X509* own = nullptr;
  STACK_OF(X509)* others = nullptr;
  if (PKCS12_parse(file, passphrase, &key, &own, &others) != 1) {
    const unsigned long error = ERR_peek_error();
    const bool mac = ERR_GET_LIB(error) == ERR_LIB_PKCS12 && ERR_GET_REASON(error) == PKCS12_R_MAC_VERIFY_FAILURE;
    return throw_openssl(env, mac ? "ERR_TLS_PASSPHRASE" : "ERR_TLS_INVALID", "not a PKCS#12 file");
  }
  napi_value result = nullptr;
  napi_value chain = nullptr;
  napi_create_object(env, &result);
  napi_create_array(env, &chain);
  set_value(env, result, "key", key_buffer(env, key));
  if (own != nullptr) append(env, chain, own);
  const int count = others == nullptr ? 0 : sk_X509_num(others);
  for (int index = 0; index < count; ++index) append(env, chain, sk_X509_value(others, index));
  set_value(env, result, "chain", chain);
  EVP_PKEY_free(key);
  X509_free(own);
  sk_X509_pop_free(others, X509_free);
  ERR_clear_error();
  return result;
}

static napi_value JS_pkcs12(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  Bytes der = {nullptr, 0};
  size_t length = 0;
  ERR_clear_error();
  a.bytes(0, &der);
  const unsigned char* at = der.data;
  PKCS12* file = d2i_PKCS12(nullptr, &at, static_cast<long>(der.length));
  if (file == nullptr || at != der.data + der.length ||
      napi_get_value_string_utf8(env, a.values[1], nullptr, 0, &length) != napi_ok) {
    PKCS12_free(file);
    return throw_openssl(env, "ERR_TLS_INVALID", "not a PKCS#12 file");
  }
  char* passphrase = static_cast<char*>(malloc(length + 1));
  napi_value result = nullptr;
  if (passphrase == nullptr || napi_get_value_string_utf8(env, a.values[1], passphrase, length + 1, &length) != napi_ok) {
    throw_openssl(env, "ENOMEM", "out of memory");
  } else if (memchr(passphrase, 0, length) != nullptr) {
    // OpenSSL would read no further than the NUL, and a wrong passphrase would do.
    throw_openssl(env, "ERR_TLS_PASSPHRASE", "the passphrase has a NUL in it");
  } else {
    result = parts(env, file, passphrase);
  }
  if (passphrase != nullptr) OPENSSL_cleanse(passphrase, length);
  free(passphrase);
  PKCS12_free(file);
  return result;
}

const FunctionEntry pkcs12_functions[] = {
    {"pkcs12", JS_pkcs12},
    {nullptr, nullptr},
};
