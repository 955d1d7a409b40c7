// Owns what can be asked about a session: what was agreed on, the peer's certificates, why it failed. It must not change
// anything.
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

// Nothing here belongs to the SSL or its context, which are gone before the last question comes.
struct Facts {
  // Static text; null where there is none.
  const char* version;
  const char* cipher;
  const char* cipher_version;
  char group[64];
  unsigned char alpn[255];
  unsigned alpn_length;
  bool resumed;
  int verify_result;
  double fresh_until;
};

// The group by the name that `groups` takes; null where there was no key exchange.
static const char* group_of(SSL* ssl) {
  if (SSL_session_reused(ssl) == 1 && SSL_version(ssl) < TLS1_3_VERSION) return nullptr;
  const long group = SSL_get_negotiated_group(ssl);
  const char* name = group == NID_undef ? nullptr : SSL_group_to_name(ssl, static_cast<int>(group));
  // The versions of OpenSSL differ in the first letter.
  if (name != nullptr && strcmp(name, "x25519") == 0) return "X25519";
  if (name != nullptr && strcmp(name, "x448") == 0) return "X448";
  return name;
}

static Facts facts_of(const Session* session) {
  Facts facts = {};
  SSL* ssl = session->ssl;
  if (ssl == nullptr) return session->kept == nullptr ? facts : *session->kept;
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  facts.version = SSL_get_version(ssl);
  if (cipher != nullptr) {
    facts.cipher = SSL_CIPHER_standard_name(cipher);
    facts.cipher_version = SSL_CIPHER_get_version(cipher);
    const char* group = group_of(ssl);
    if (group != nullptr) strncpy(facts.group, group, sizeof facts.group - 1);
  }
  const unsigned char* alpn = nullptr;
  SSL_get0_alpn_selected(ssl, &alpn, &facts.alpn_length);
  if (alpn == nullptr || facts.alpn_length > sizeof facts.alpn) facts.alpn_length = 0;
  if (facts.alpn_length > 0) memcpy(facts.alpn, alpn, facts.alpn_length);
  facts.resumed = SSL_session_reused(ssl) == 1;
  facts.verify_result = session->checked ? session->verify_code : static_cast<int>(SSL_get_verify_result(ssl));
  facts.fresh_until = static_cast<double>(session->fresh_until);
  return facts;
}

void session_keep_facts(Session* session) {
  if (session->ssl == nullptr) return;
  session->kept = static_cast<Facts*>(malloc(sizeof(Facts)));
  if (session->kept != nullptr) *session->kept = facts_of(session);
  ERR_clear_error();
}

static const char* server_name_of(const Session* session) {
  if (session->server) return session->server_name;
  return session->ssl == nullptr ? nullptr : SSL_get_servername(session->ssl, TLSEXT_NAMETYPE_host_name);
}

static napi_value alpn_of(napi_env env, const Facts& facts) {
  if (facts.alpn_length == 0) return null_value(env);
  napi_value result = nullptr;
  napi_create_string_latin1(env, reinterpret_cast<const char*>(facts.alpn), facts.alpn_length, &result);
  return result;
}

static napi_value staple_of(napi_env env, const Session* session) {
  const unsigned char* response = nullptr;
  if (session->server || session->ssl == nullptr) return null_value(env);
  const long length = SSL_get_tlsext_status_ocsp_resp(session->ssl, &response);
  return response == nullptr || length <= 0 ? null_value(env) : buffer_of(env, response, static_cast<size_t>(length));
}

static const char* text_or_empty(const char* text) { return text == nullptr ? "" : text; }

static napi_value JS_facts(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  const Session* session = session_peek(env, a.values[0]);
  napi_value result = nullptr;
  if (session == nullptr || napi_create_object(env, &result) != napi_ok) return nullptr;
  const Facts facts = facts_of(session);
  set_text(env, result, "version", text_or_empty(facts.version));
  set_text(env, result, "cipher", text_or_empty(facts.cipher));
  set_text(env, result, "cipherVersion", text_or_empty(facts.cipher_version));
  set_text(env, result, "group", facts.group[0] == '\0' ? nullptr : facts.group);
  set_value(env, result, "alpn", alpn_of(env, facts));
  set_text(env, result, "serverName", server_name_of(session));
  napi_value flag = nullptr;
  napi_get_boolean(env, facts.resumed, &flag);
  set_value(env, result, "resumed", flag);
  set_integer(env, result, "verifyResult", facts.verify_result);
  set_number(env, result, "freshUntil", facts.fresh_until * 1000.0);
  set_value(env, result, "ocsp", staple_of(env, session));
  ERR_clear_error();
  return result;
}

// ---- Certificates.

static napi_value certificate_buffer(napi_env env, const X509* certificate) {
  const int length = certificate == nullptr ? 0 : i2d_X509(certificate, nullptr);
  napi_value result = nullptr;
  void* data = nullptr;
  if (length <= 0 || napi_create_buffer(env, static_cast<size_t>(length), &data, &result) != napi_ok) return nullptr;
  unsigned char* at = static_cast<unsigned char*>(data);
  i2d_X509(certificate, &at);
  return result;
}

// Its own first, which OpenSSL counts to the chain on clients only.
static napi_value chain_array(napi_env env, const X509* own, STACK_OF(X509)* others) {
  napi_value result = nullptr;
  if (napi_create_array(env, &result) != napi_ok || own == nullptr) return result;
  uint32_t count = 0;
  napi_value first = certificate_buffer(env, own);
  if (first != nullptr) napi_set_element(env, result, count++, first);
  const int length = others == nullptr ? 0 : sk_X509_num(others);
  for (int index = 0; index < length; ++index) {
    const X509* certificate = sk_X509_value(others, index);
    if (index == 0 && X509_cmp(certificate, own) == 0) continue;
    napi_value element = certificate_buffer(env, certificate);
    if (element != nullptr) napi_set_element(env, result, count++, element);
  }
  return result;
}

static napi_value JS_peerChain(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  const Session* session = session_peek(env, a.values[0]);
  if (session == nullptr || session->ssl == nullptr) return chain_array(env, nullptr, nullptr);
  // During the check the session does not have them yet.
  if (session->checking != nullptr) {
    return chain_array(env, X509_STORE_CTX_get0_cert(session->checking),
                       X509_STORE_CTX_get0_untrusted(session->checking));
  }
  return chain_array(env, SSL_get0_peer_certificate(session->ssl), SSL_get_peer_cert_chain(session->ssl));
}

static napi_value JS_ownCertificate(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  const Session* session = session_peek(env, a.values[0]);
  const X509* own = session == nullptr || session->ssl == nullptr ? nullptr : SSL_get_certificate(session->ssl);
  const napi_value result = certificate_buffer(env, own);
  return result == nullptr ? null_value(env) : result;
}

static napi_value JS_signatureHash(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Bytes der = {nullptr, 0};
  a.bytes(0, &der);
  const unsigned char* at = der.data;
  ERR_clear_error();
  X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.length));
  int digest = NID_undef;
  const bool known =
      certificate != nullptr && X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) == 1;
  X509_free(certificate);
  ERR_clear_error();
  return text_of(env, known && digest != NID_undef ? OBJ_nid2sn(digest) : "");
}

// ---- Failure.

static napi_value JS_failure(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  const Session* session = session_peek(env, a.values[0]);
  napi_value failure = nullptr;
  if (napi_create_object(env, &failure) != napi_ok) return nullptr;
  const unsigned long error = session == nullptr ? 0 : session->error;
  const char* library = error == 0 ? nullptr : ERR_lib_error_string(error);
  const bool refused = session != nullptr && session->refused;
  set_text(env, failure, "reason", reason_of(error));
  set_text(env, failure, "library", library == nullptr ? "" : library);
  set_integer(env, failure, "code", error == 0 ? 0 : ERR_GET_REASON(error));
  set_integer(env, failure, "alertSent", session == nullptr ? -1 : session->alert_sent);
  set_integer(env, failure, "alertReceived", session == nullptr ? -1 : session->alert_received);
  set_integer(env, failure, "verifyResult", refused ? session->verify_code : 0);
  set_integer(env, failure, "verifyDepth", refused ? session->verify_depth : 0);
  return failure;
}

const FunctionEntry facts_functions[] = {
    {"facts", JS_facts},
    {"peerChain", JS_peerChain},
    {"ownCertificate", JS_ownCertificate},
    {"signatureHash", JS_signatureHash},
    {"failure", JS_failure},
    {nullptr, nullptr},
};
