// Owns the life of sessions: made, fed, freed. It must not know what they transfer.
#include "session.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "transport.h"

// What V8 should know of the memory behind a session, roughly: an SSL with its keys and the peer's chain.
static const int64_t session_weight = 24 * 1024;

static void adjust(napi_env env, int64_t by) {
  int64_t ignored;
  napi_adjust_external_memory(env, by, &ignored);
}

static void free_parts(Session* session) {
  // A client's were asked for before.
  if (session->server && session->established) session_keep_facts(session);
  SSL_free(session->ssl);
  session->ssl = nullptr;
  context_release(session->context);
  session->context = nullptr;
  SSL_SESSION_free(session->newest);
  session->newest = nullptr;
  queue_release(session->environment, &session->input);
  queue_release(session->environment, &session->output);
  if (session->keylog != nullptr) OPENSSL_clear_free(session->keylog, session->keylog_length);
  session->keylog = nullptr;
  session->keylog_length = 0;
}

static void destroy(Session* session) {
  free_parts(session);
  free(session->server_name);
  free(session->kept);
  environment_release(session->environment);
  free(session);
}

static void finalize(napi_env env, void* data, void*) {
  Session* session = static_cast<Session*>(data);
  if (session->ssl != nullptr) adjust(env, -session_weight);
  destroy(session);
}

Session* session_peek(napi_env env, napi_value handle) {
  return static_cast<Session*>(handle_of(env, handle, kind_session));
}

Session* session_begin(napi_env env, napi_value handle) {
  Session* session = session_peek(env, handle);
  if (session == nullptr || session->ssl == nullptr || session->busy) return nullptr;
  session->busy = true;
  session->may_receive = true;
  session->delivered = false;
  session->drained = false;
  session->receives = 0;
  // recv(2): memory was short, and the call that met it has told. This one tries again.
  if (session->receive_error == ENOMEM || session->receive_error == ENOBUFS) session->receive_error = 0;
  // What somebody else left behind would be taken for ours. Looking is cheaper than clearing.
  if (ERR_peek_error() != 0) ERR_clear_error();
  return session;
}

void session_end(Session* session) {
  session->busy = false;
  int32_t* status = session->environment->status;
  size_t buffered = session->input.size() + static_cast<size_t>(SSL_pending(session->ssl));
  // An end that was found behind bytes is still to be told, and nothing may ever come from the kernel again.
  const bool over = session->closed || session->broken || session->ended || session->receive_error != 0;
  if (buffered == 0 && over) buffered = 1;
  status[status_drained] = session->drained ? 1 : 0;
  // Below 0 whoever flushes has to try, and learns why; above 0 there will be an event.
  const bool stuck = session->send_error != 0 || (session->starved && session->output.size() > 0);
  status[status_unsent] = stuck ? -1 : static_cast<int32_t>(session->output.size());
  status[status_buffered] = static_cast<int32_t>(buffered);
  status[status_news] = session->new_ticket || session->keylog_length > 0 ? 1 : 0;
  status[status_closed] = session->closed ? 1 : 0;
  if (session->input.size() == 0) queue_release(session->environment, &session->input);
  if (session->freed) free_parts(session);
}

void session_note_failure(Session* session) {
  unsigned long first = 0;
  unsigned long chosen = 0;
  for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
    if (first == 0) first = error;
    // Numbers below belong to every library alike: "ASN1 lib".
    const bool own = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) >= 100;
    if (chosen == 0 && own) chosen = error;
  }
  if (session->error == 0) session->error = chosen != 0 ? chosen : first;
}

// ---- A new session.

static bool set_identity(SSL* ssl, const Settings& settings) {
  bool bad = false;
  char* sni = settings.text("sni", &bad);
  char* host = settings.text("checkHost", &bad);
  const Bytes ip = settings.bytes("checkIp");
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // A dot in front would make OpenSSL accept any name below.
  if (host != nullptr && host[0] == '.') bad = true;
  const bool set = !bad && (sni == nullptr || SSL_set_tlsext_host_name(ssl, sni) == 1) &&
                   (host == nullptr || X509_VERIFY_PARAM_set1_host(param, host, strlen(host)) == 1) &&
                   (ip.data == nullptr || X509_VERIFY_PARAM_set1_ip(param, ip.data, ip.length) == 1);
  free(sni);
  free(host);
  return set;
}

static bool set_offers(SSL* ssl, const Settings& settings) {
  const Bytes alpn = settings.bytes("alpn");
  if (alpn.data != nullptr &&
      (!alpn_is_valid(alpn) || SSL_set_alpn_protos(ssl, alpn.data, static_cast<unsigned>(alpn.length)) != 0)) {
    return false;
  }
  const Bytes der = settings.bytes("session");
  if (der.data != nullptr) {
    const unsigned char* at = der.data;
    SSL_SESSION* earlier = d2i_SSL_SESSION(nullptr, &at, static_cast<long>(der.length));
    const bool set = earlier != nullptr && at == der.data + der.length && SSL_set_session(ssl, earlier) == 1;
    SSL_SESSION_free(earlier);
    if (!set) return false;
  }
  return settings.integer("ocsp") == 0 || SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp) == 1;
}

static bool open(Session* session, const Settings& settings) {
  session->ssl = SSL_new(session->context->ctx);
  if (session->ssl == nullptr || SSL_set_ex_data(session->ssl, 0, session) != 1 || !transport_attach(session)) {
    return false;
  }
  if (session->keeps_keylog) SSL_CTX_set_keylog_callback(session->context->ctx, session_note_keylog);
  if (session->server) {
    SSL_set_accept_state(session->ssl);
    return true;
  }
  SSL_set_connect_state(session->ssl);
  return set_identity(session->ssl, settings) && set_offers(session->ssl, settings);
}

static napi_value JS_sessionNew(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  const Settings settings = {env, a.values[2]};
  Context* context = static_cast<Context*>(handle_of(env, a.values[0], kind_context));
  int32_t fd = -1;
  ERR_clear_error();
  if (context == nullptr || !a.integer(1, &fd) || settings.boolean("server") != context->server) {
    return throw_openssl(env, "ERR_TLS_INVALID", "the session does not fit the context");
  }
  Session* session = static_cast<Session*>(calloc(1, sizeof(Session)));
  if (session == nullptr) return throw_openssl(env, "ENOMEM", "out of memory");
  session->kind = kind_session;
  session->environment = a.environment;
  ++a.environment->references;
  session->context = context;
  ++context->references;
  session->fd = fd;
  session->server = context->server;
  session->enforce = settings.boolean("enforce");
  session->asks_verdict = settings.boolean("asksVerdict");
  session->keeps_keylog = settings.boolean("keylog");
  session->ocsp = settings.integer("ocsp");
  session->alert_sent = -1;
  session->alert_received = -1;
  napi_value result = nullptr;
  if (!open(session, settings) || napi_create_external(env, session, finalize, nullptr, &result) != napi_ok) {
    destroy(session);
    return throw_openssl(env, "ERR_TLS_INVALID", "the session's settings make no sense");
  }
  adjust(env, session_weight);
  ERR_clear_error();
  return result;
}

static napi_value JS_sessionFree(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_peek(env, a.values[0]);
  if (session == nullptr || session->ssl == nullptr || session->freed) return nullptr;
  session->freed = true;
  adjust(env, -session_weight);
  if (!session->busy) free_parts(session);
  return nullptr;
}

static napi_value JS_sessionFeed(napi_env env, napi_callback_info info) {
  Arguments<2> a(env, info);
  Session* session = session_begin(env, a.values[0]);
  Bytes bytes;
  if (session == nullptr) return nullptr;
  if (!a.bytes(1, &bytes) ||
      (bytes.length > 0 && !queue_append(session->environment, &session->input, bytes.data, bytes.length))) {
    napi_throw_error(env, "ENOMEM", "out of memory");
  }
  session_end(session);
  return nullptr;
}

const FunctionEntry session_functions[] = {
    {"sessionNew", JS_sessionNew},
    {"sessionFree", JS_sessionFree},
    {"sessionFeed", JS_sessionFeed},
    {nullptr, nullptr},
};
