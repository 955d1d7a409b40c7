// Owns the handshake: as far as it gets without waiting. It must not know who waits, nor for how long.
#include <openssl/err.h>

#include "session.h"
#include "transport.h"

// The last flight of a server goes out before the handshake is over; that of a client waits for the verdict of its caller.
// With TLS 1.3 a server's are tickets, for which nobody waits: they may go out with what is said first.
static int finished(Session* session, bool may_hold) {
  if (!session->server) return 0;
  session->held = may_hold && SSL_version(session->ssl) == TLS1_3_VERSION;
  return session->held ? 0 : transport_flush(session);
}

static int fail(Session* session) {
  session->broken = true;
  session_note_failure(session);
  if (!session->freed) transport_flush(session);
  return result_failed;
}

// What a chain check would have found, where none took place.
static bool is_acceptable(Session* session) {
  if (session->checked) return true;
  const bool shown = SSL_get0_peer_certificate(session->ssl) != nullptr;
  // A ticket that was made under other rules; the session id context should have kept it away.
  if (session->server) return shown || (session->context->verify_mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) == 0;
  if (!shown) {
    // An anonymous cipher suite, which a cipher list can allow.
    session->verify_code = X509_V_ERR_UNSPECIFIED;
    return !session->enforce && !session->asks_verdict;
  }
  // A resumption: the finding of the connection that the session comes from.
  session->verify_code = static_cast<int>(SSL_get_verify_result(session->ssl));
  return session->verify_code == X509_V_OK || !session->enforce || session->asks_verdict;
}

static int established(Session* session, bool may_hold) {
  if (!is_acceptable(session)) {
    // Not even our Finished goes to such a peer.
    queue_release(session->environment, &session->output);
    session->refused = true;
    return fail(session);
  }
  session->established = true;
  return finished(session, may_hold);
}

// OpenSSL wants to read. Data that is there tells more than a send that failed: it may be the alert that says why.
static int waiting(Session* session) {
  const int sent = transport_flush(session);
  const int received = transport_answer(session);
  return received != want_read || sent == 0 ? received : sent;
}

static int advance(Session* session, bool may_hold) {
  if (session->broken) return result_failed;
  if (session->established) return finished(session, false);
  const int answer = SSL_do_handshake(session->ssl);
  if (session->freed) return result_invalid;
  if (session->threw) return fail(session);
  if (answer == 1) return established(session, may_hold);
  switch (SSL_get_error(session->ssl, answer)) {
    case SSL_ERROR_WANT_READ:
      return waiting(session);
    case SSL_ERROR_ZERO_RETURN:
      session->closed = true;
      if (session->alert_received < 0) session->alert_received = SSL_AD_CLOSE_NOTIFY;
      return fail(session);
    default:
      return fail(session);
  }
}

static napi_value JS_handshake(napi_env env, napi_callback_info info) {
  Arguments<3> a(env, info);
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  bool may_hold = false;
  a.boolean(2, &may_hold);
  session->ask_env = env;
  napi_valuetype type;
  session->ask = napi_typeof(env, a.values[1], &type) == napi_ok && type == napi_function ? a.values[1] : nullptr;
  session->threw = false;
  const int answer = advance(session, may_hold);
  const bool threw = session->threw;
  session->ask = nullptr;
  session->ask_env = nullptr;
  session_end(session);
  // The exception is pending and comes out by itself.
  return threw ? nullptr : give(env, answer);
}

const FunctionEntry handshake_functions[] = {
    {"handshake", JS_handshake},
    {nullptr, nullptr},
};
