// Owns the answer to a ClientHello: which context, which protocol. It must not know where the contexts come from.
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "callbacks.h"

// RFC 6066 §3: a list of names of which one is a host name. False when it is malformed; null when there is none. From
// malloc. Only visible ASCII passes: what else is in a name is there to be read differently by somebody else.
static bool name_of(const unsigned char* data, size_t length, char** name) {
  *name = nullptr;
  if (length < 5) return false;
  const size_t list = size_t{data[0]} << 8 | data[1];
  const size_t size = size_t{data[3]} << 8 | data[4];
  if (list != length - 2 || data[2] != TLSEXT_NAMETYPE_host_name || size != length - 5) return false;
  if (size == 0 || size > TLSEXT_MAXLEN_host_name) return false;
  const unsigned char* text = data + 5;
  for (size_t index = 0; index < size; ++index) {
    if (text[index] <= 0x20 || text[index] >= 0x7f) return false;
  }
  *name = static_cast<char*>(malloc(size + 1));
  if (*name == nullptr) return false;
  memcpy(*name, text, size);
  (*name)[size] = '\0';
  return true;
}

// With what SSL_set_SSL_CTX leaves as it was, and with the session id context, which it takes along in some cases only:
// without it a ticket of one virtual host would be good for another with other rules for client certificates
// (CVE-2025-23419).
static bool change_context(Session* session, Context* next) {
  SSL* ssl = session->ssl;
  Context* previous = session->context;
  if (next == previous) return true;
  if (!next->server || SSL_set_SSL_CTX(ssl, next->ctx) != next->ctx) return false;
  ++next->references;
  session->context = next;
  if (session->keeps_keylog) SSL_CTX_set_keylog_callback(next->ctx, session_note_keylog);
  SSL_set_verify(ssl, next->verify_mode, nullptr);
  SSL_set_security_level(ssl, next->security_level);
  const unsigned id_length = static_cast<unsigned>(next->session_id_context_length);
  bool set = SSL_set_session_id_context(ssl, next->session_id_context, id_length) == 1 &&
             SSL_set_min_proto_version(ssl, next->min_version) == 1 &&
             SSL_set_max_proto_version(ssl, next->max_version) == 1;
  if (next->groups != nullptr) {
    set = set && SSL_set1_groups_list(ssl, next->groups) == 1;
  } else if (previous->groups != nullptr) {
    // OpenSSL 3.0 has no word for its own list.
    ERR_set_mark();
    set = set && (SSL_set1_groups_list(ssl, "DEFAULT") == 1 ||
                  SSL_set1_groups_list(ssl, "X25519:P-256:X448:P-521:P-384") == 1);
    ERR_pop_to_mark();
  }
  context_release(previous);
  return set;
}

// The alert to send, or -1.
static int ask_for_context(Session* session) {
  napi_env env = session->ask_env;
  napi_value arguments[2];
  napi_value receiver;
  napi_value answer;
  if (session->ask == nullptr) return SSL_AD_INTERNAL_ERROR;
  napi_get_undefined(env, &receiver);
  napi_create_string_utf8(env, "name", NAPI_AUTO_LENGTH, &arguments[0]);
  arguments[1] = text_of(env, session->server_name);
  if (napi_call_function(env, receiver, session->ask, 2, arguments, &answer) != napi_ok) {
    session->threw = true;
    return SSL_AD_INTERNAL_ERROR;
  }
  if (session->freed) return SSL_AD_INTERNAL_ERROR;
  napi_valuetype type;
  if (napi_typeof(env, answer, &type) != napi_ok) return SSL_AD_INTERNAL_ERROR;
  if (type == napi_null) return -1;
  if (type == napi_boolean) return SSL_AD_UNRECOGNIZED_NAME;
  Context* next = static_cast<Context*>(handle_of(env, answer, kind_context));
  return next != nullptr && change_context(session, next) ? -1 : SSL_AD_INTERNAL_ERROR;
}

int hello_answer(SSL* ssl, int* alert, void*) {
  Session* session = session_of_ssl(ssl);
  const unsigned char* data;
  size_t length;
  char* name = nullptr;
  *alert = SSL_AD_ILLEGAL_PARAMETER;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &length) == 1 && !name_of(data, length, &name)) {
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (session->asked_name) {
    // RFC 8446 §4.1.2: a second ClientHello repeats the first.
    const bool same = name == nullptr ? session->server_name == nullptr
                                      : session->server_name != nullptr && strcmp(name, session->server_name) == 0;
    free(name);
    return same ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
  }
  session->asked_name = true;
  session->server_name = name;
  if (!session->context->asks_name) return SSL_CLIENT_HELLO_SUCCESS;
  const int refusal = ask_for_context(session);
  if (refusal < 0) return SSL_CLIENT_HELLO_SUCCESS;
  *alert = refusal;
  return SSL_CLIENT_HELLO_ERROR;
}

int hello_acknowledge_name(SSL* ssl, int*, void*) {
  const Session* session = session_of_ssl(ssl);
  return session->server_name != nullptr ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

int hello_choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                          unsigned offered_length, void*) {
  const Context* context = session_of_ssl(ssl)->context;
  for (size_t at = 0; at < context->alpn_length; at += 1 + size_t{context->alpn[at]}) {
    const unsigned char length = context->alpn[at];
    // OpenSSL has checked the lengths of what the client offers.
    for (unsigned other = 0; other < offered_length; other += 1 + unsigned{offered[other]}) {
      if (offered[other] == length && memcmp(offered + other + 1, context->alpn + at + 1, length) == 0) {
        *out = context->alpn + at + 1;
        *out_length = length;
        return SSL_TLSEXT_ERR_OK;
      }
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}
