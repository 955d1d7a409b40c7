// Owns contexts: settings become an SSL_CTX. It must not know what a connection does with it.
#include "context.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "callbacks.h"

// What V8 should know of the memory behind a context, roughly.
static const int64_t context_weight = 24 * 1024;

void context_release(Context* context) {
  if (context == nullptr || --context->references > 0) return;
  SSL_CTX_free(context->ctx);
  free(context->groups);
  free(context->alpn);
  free(context->staple);
  environment_release(context->environment);
  free(context);
}

uint64_t context_options(const Context* context) {
  // Renegotiation is an old door of attacks (CVE-2009-3555), compression another (CRIME).
  const uint64_t both = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
  return context->server ? both | SSL_OP_CIPHER_SERVER_PREFERENCE : both;
}

bool alpn_is_valid(Bytes alpn) {
  size_t at = 0;
  while (at < alpn.length && alpn.data[at] > 0 && alpn.data[at] < alpn.length - at) at += 1 + size_t{alpn.data[at]};
  return alpn.length > 0 && alpn.length <= 65535 && at == alpn.length;
}

static X509* certificate_of(Bytes der) {
  const unsigned char* at = der.data;
  X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.length));
  if (certificate != nullptr && at == der.data + der.length) return certificate;
  X509_free(certificate);
  return nullptr;
}

// Only PKCS#8 and the traditional forms without encryption: whatever is encrypted was opened before, and nobody is asked.
static EVP_PKEY* key_of(Bytes der) {
  const long length = static_cast<long>(der.length);
  const unsigned char* at = der.data;
  EVP_PKEY* key = nullptr;
  PKCS8_PRIV_KEY_INFO* info = d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, length);
  if (info != nullptr) {
    if (at == der.data + der.length) key = EVP_PKCS82PKEY(info);
    PKCS8_PRIV_KEY_INFO_free(info);
    return key;
  }
  ERR_clear_error();
  at = der.data;
  return d2i_AutoPrivateKey(nullptr, &at, length);
}

// The code of the setting that was refused, or null.
static const char* set_own_certificate(SSL_CTX* ctx, const Settings& settings) {
  const napi_value chain = settings.value("chain");
  const uint32_t count = list_length(settings.env, chain);
  X509* own = nullptr;
  for (uint32_t index = 0; index < count; ++index) {
    X509* certificate = certificate_of(list_bytes(settings.env, chain, index));
    // add0 takes the reference over, use_certificate does not.
    const bool taken =
        certificate != nullptr &&
        (index == 0 ? SSL_CTX_use_certificate(ctx, certificate) : SSL_CTX_add0_chain_cert(ctx, certificate)) == 1;
    if (!taken || index == 0) X509_free(certificate);
    if (!taken) return "ERR_TLS_CERTIFICATE";
    if (index == 0) own = SSL_CTX_get0_certificate(ctx);
  }
  const Bytes der = settings.bytes("key");
  if (der.data == nullptr) return nullptr;
  EVP_PKEY* key = key_of(der);
  const char* refused = nullptr;
  if (key == nullptr) {
    refused = "ERR_TLS_KEY";
  } else if (own != nullptr && X509_check_private_key(own, key) != 1) {
    refused = "ERR_TLS_KEY_MISMATCH";
  } else if (SSL_CTX_use_PrivateKey(ctx, key) != 1) {
    refused = "ERR_TLS_KEY";
  } else if (own != nullptr && SSL_CTX_check_private_key(ctx) != 1) {
    refused = "ERR_TLS_KEY_MISMATCH";
  }
  EVP_PKEY_free(key);
  return refused;
}

static const char* set_versions(const Context* context) {
  SSL_CTX* ctx = context->ctx;
  if (context->min_version < TLS1_2_VERSION || context->min_version > context->max_version ||
      SSL_CTX_set_min_proto_version(ctx, context->min_version) != 1 ||
      SSL_CTX_set_max_proto_version(ctx, context->max_version) != 1) {
    return "ERR_TLS_VERSION";
  }
  return nullptr;
}

static const char* set_algorithms(Context* context, const Settings& settings) {
  SSL_CTX* ctx = context->ctx;
  bool bad = false;
  char* ciphers = settings.text("ciphers", &bad);
  char* suites = settings.text("suites", &bad);
  char* sigalgs = settings.text("sigalgs", &bad);
  context->groups = settings.text("groups", &bad);
  const char* refused = nullptr;
  if (bad) {
    refused = "ERR_TLS_INVALID";
  } else if ((ciphers != nullptr && SSL_CTX_set_cipher_list(ctx, ciphers) != 1) ||
             (suites != nullptr && SSL_CTX_set_ciphersuites(ctx, suites) != 1)) {
    refused = "ERR_TLS_CIPHERS";
  } else if (context->groups != nullptr && SSL_CTX_set1_groups_list(ctx, context->groups) != 1) {
    refused = "ERR_TLS_GROUPS";
  } else if (sigalgs != nullptr &&
             (SSL_CTX_set1_sigalgs_list(ctx, sigalgs) != 1 || SSL_CTX_set1_client_sigalgs_list(ctx, sigalgs) != 1)) {
    refused = "ERR_TLS_SIGALGS";
  }
  free(ciphers);
  free(suites);
  free(sigalgs);
  return refused;
}

static const char* set_client_authorities(SSL_CTX* ctx, const Settings& settings) {
  const napi_value list = settings.value("clientCas");
  const uint32_t count = list_length(settings.env, list);
  for (uint32_t index = 0; index < count; ++index) {
    X509* certificate = certificate_of(list_bytes(settings.env, list, index));
    const bool added = certificate != nullptr && SSL_CTX_add_client_CA(ctx, certificate) == 1;
    X509_free(certificate);
    if (!added) return "ERR_TLS_CERTIFICATE";
  }
  return nullptr;
}

static const char* set_extensions(Context* context, const Settings& settings) {
  const Bytes alpn = settings.bytes("alpn");
  if (alpn.data != nullptr) {
    if (!alpn_is_valid(alpn)) return "ERR_TLS_INVALID";
    context->alpn = copy_of(alpn);
    context->alpn_length = alpn.length;
    const unsigned length = static_cast<unsigned>(alpn.length);
    if (context->alpn == nullptr || SSL_CTX_set_alpn_protos(context->ctx, alpn.data, length) != 0) {
      return "ERR_TLS_INVALID";
    }
  }
  const Bytes staple = settings.bytes("staple");
  if (staple.data != nullptr && staple.length > 0) {
    context->staple = copy_of(staple);
    context->staple_length = staple.length;
    if (context->staple == nullptr) return "ERR_TLS_INVALID";
  }
  const Bytes id = settings.bytes("sessionIdContext");
  if (id.data != nullptr) {
    if (id.length > sizeof context->session_id_context) return "ERR_TLS_INVALID";
    memcpy(context->session_id_context, id.data, id.length);
    context->session_id_context_length = id.length;
    if (SSL_CTX_set_session_id_context(context->ctx, id.data, static_cast<unsigned>(id.length)) != 1) {
      return "ERR_TLS_INVALID";
    }
  }
  return nullptr;
}

static const char* set_trust(Context* context, const Settings& settings) {
  Store* store = static_cast<Store*>(handle_of(settings.env, settings.value("store"), kind_store));
  if (store != nullptr) SSL_CTX_set1_cert_store(context->ctx, store->store);
  if (!context->server) context->verify_mode = SSL_VERIFY_PEER;
  SSL_CTX_set_verify(context->ctx, context->verify_mode, nullptr);
  return context->server ? set_client_authorities(context->ctx, settings) : nullptr;
}

static const char* fill(Context* context, const Settings& settings) {
  SSL_CTX* ctx = context->ctx;
  SSL_CTX_set_options(ctx, context_options(context));
  SSL_CTX_clear_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_clear_mode(ctx, static_cast<long>(0xffffffff));
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS |
                            SSL_MODE_AUTO_RETRY);
  // Servers keep nothing: the state travels in the tickets.
  SSL_CTX_set_session_cache_mode(
      ctx, context->server ? SSL_SESS_CACHE_OFF : SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  if (context->server) SSL_CTX_set_dh_auto(ctx, 1);
  // Before certificates, because OpenSSL measures them when they are set.
  SSL_CTX_set_security_level(ctx, context->security_level);
  const char* refused = set_versions(context);
  if (refused == nullptr) refused = set_algorithms(context, settings);
  if (refused == nullptr) refused = set_own_certificate(ctx, settings);
  if (refused == nullptr) refused = set_trust(context, settings);
  if (refused == nullptr) refused = set_extensions(context, settings);
  if (refused == nullptr) set_callbacks(context);
  return refused;
}

static void finalize(napi_env env, void* data, void*) {
  int64_t ignored;
  napi_adjust_external_memory(env, -context_weight, &ignored);
  context_release(static_cast<Context*>(data));
}

static napi_value JS_contextNew(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  const Settings settings = {env, a.values[0]};
  ERR_clear_error();
  Context* context = static_cast<Context*>(calloc(1, sizeof(Context)));
  if (context == nullptr) return throw_openssl(env, "ENOMEM", "out of memory");
  context->kind = kind_context;
  context->references = 1;
  context->environment = a.environment;
  ++a.environment->references;
  context->server = settings.boolean("server");
  context->asks_name = settings.boolean("asksName");
  context->verify_mode = settings.integer("verifyMode");
  context->min_version = settings.integer("minVersion");
  context->max_version = settings.integer("maxVersion");
  context->security_level = settings.integer("securityLevel");
  context->ctx = SSL_CTX_new(context->server ? TLS_server_method() : TLS_client_method());
  const char* refused = context->ctx == nullptr ? "ERR_TLS_INVALID" : fill(context, settings);
  napi_value result = nullptr;
  if (refused != nullptr || napi_create_external(env, context, finalize, nullptr, &result) != napi_ok) {
    context_release(context);
    return throw_openssl(env, refused != nullptr ? refused : "ENOMEM", "the setting makes no sense");
  }
  int64_t ignored;
  napi_adjust_external_memory(env, context_weight, &ignored);
  ERR_clear_error();
  return result;
}

static napi_value JS_contextShareTickets(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  const Context* from = static_cast<Context*>(handle_of(env, a.values[0], kind_context));
  const Context* to = static_cast<Context*>(handle_of(env, a.values[1], kind_context));
  ERR_clear_error();
  unsigned char keys[256];
  if (from == nullptr || to == nullptr) return throw_openssl(env, "ERR_TLS_INVALID", "no context");
  const long length = SSL_CTX_get_tlsext_ticket_keys(from->ctx, nullptr, 0);
  const bool shared = length > 0 && length <= static_cast<long>(sizeof keys) &&
                      SSL_CTX_get_tlsext_ticket_keys(from->ctx, keys, length) == 1 &&
                      SSL_CTX_set_tlsext_ticket_keys(to->ctx, keys, length) == 1;
  OPENSSL_cleanse(keys, sizeof keys);
  if (!shared) return throw_openssl(env, "ERR_TLS_INVALID", "the ticket keys cannot be shared");
  return nullptr;
}

const FunctionEntry context_functions[] = {
    {"contextNew", JS_contextNew},
    {"contextShareTickets", JS_contextShareTickets},
    {nullptr, nullptr},
};
