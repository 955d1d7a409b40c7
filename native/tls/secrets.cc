// Owns what must not be shown around: sessions to resume, the key log, exported keys. It must not know where they go.
#include <openssl/err.h>
#include <string.h>

#include "session.h"

static napi_value JS_newestSession(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_peek(env, a.values[0]);
  if (session == nullptr || session->ssl == nullptr) return null_value(env);
  session->new_ticket = false;
  // With TLS 1.2 a resumed session goes on without a new one.
  SSL_SESSION* newest = session->newest != nullptr ? session->newest : SSL_get_session(session->ssl);
  if (newest == nullptr || SSL_SESSION_is_resumable(newest) != 1) return null_value(env);
  const int length = i2d_SSL_SESSION(newest, nullptr);
  napi_value result = nullptr;
  void* data = nullptr;
  if (length <= 0 || napi_create_buffer(env, static_cast<size_t>(length), &data, &result) != napi_ok) {
    return null_value(env);
  }
  unsigned char* at = static_cast<unsigned char*>(data);
  i2d_SSL_SESSION(newest, &at);
  return result;
}

static napi_value JS_keylog(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_peek(env, a.values[0]);
  napi_value result = nullptr;
  if (napi_create_array(env, &result) != napi_ok || session == nullptr || session->keylog == nullptr) return result;
  uint32_t count = 0;
  for (size_t at = 0; at < session->keylog_length; at += strlen(session->keylog + at) + 1) {
    napi_set_element(env, result, count++, text_of(env, session->keylog + at));
  }
  OPENSSL_clear_free(session->keylog, session->keylog_length);
  session->keylog = nullptr;
  session->keylog_length = 0;
  return result;
}

static napi_value JS_exportKey(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  Session* session = session_peek(env, a.values[0]);
  int64_t length;
  size_t label_length;
  char label[256];
  if (session == nullptr || session->ssl == nullptr || !session->established || !a.wide(1, &length) || length < 0 ||
      length > (1 << 20) ||
      napi_get_value_string_utf8(env, a.values[2], nullptr, 0, &label_length) != napi_ok ||
      label_length >= sizeof label ||
      napi_get_value_string_utf8(env, a.values[2], label, sizeof label, &label_length) != napi_ok) {
    return null_value(env);
  }
  Bytes context = {nullptr, 0};
  const bool has_context = a.bytes(3, &context);
  // An empty array may have no address, and OpenSSL tells "none" from "empty" (RFC 5705 §4).
  static const uint8_t nothing[1] = {0};
  const uint8_t* context_data = has_context && context.data == nullptr ? nothing : context.data;
  napi_value result = nullptr;
  void* data = nullptr;
  if (napi_create_buffer(env, static_cast<size_t>(length), &data, &result) != napi_ok) return null_value(env);
  ERR_clear_error();
  const int exported =
      SSL_export_keying_material(session->ssl, static_cast<unsigned char*>(data), static_cast<size_t>(length), label,
                                 label_length, context_data, context.length, has_context ? 1 : 0);
  ERR_clear_error();
  return exported == 1 ? result : null_value(env);
}

static napi_value JS_finished(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  const Session* session = session_peek(env, a.values[0]);
  bool ours = false;
  uint8_t message[EVP_MAX_MD_SIZE];
  if (session == nullptr || session->ssl == nullptr || !a.boolean(1, &ours)) return buffer_of(env, nullptr, 0);
  const size_t length = ours ? SSL_get_finished(session->ssl, message, sizeof message)
                             : SSL_get_peer_finished(session->ssl, message, sizeof message);
  return buffer_of(env, message, length < sizeof message ? length : sizeof message);
}

const FunctionEntry secrets_functions[] = {
    {"newestSession", JS_newestSession},
    {"keylog", JS_keylog},
    {"exportKey", JS_exportKey},
    {"finished", JS_finished},
    {nullptr, nullptr},
};
