// Owns the check of the peer's certificate: OpenSSL's own, then the verdict. It must not know why somebody would decide
// otherwise.
//
// OpenSSL goes on behind every error, so that the first one is known: an unknown CA is
// UNABLE_TO_GET_ISSUER_CERT_LOCALLY, not the UNABLE_TO_VERIFY_LEAF_SIGNATURE that follows from it.
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "callbacks.h"

static Session* session_of_store(X509_STORE_CTX* store) {
  return session_of_ssl(
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())));
}

static int record(int valid, X509_STORE_CTX* store) {
  if (valid == 1) return 1;
  Session* session = session_of_store(store);
  const int error = X509_STORE_CTX_get_error(store);
  const bool host = error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH;
  int* const first = host ? &session->host_error : &session->chain_error;
  if (*first == X509_V_OK) {
    *first = error;
    (host ? session->host_depth : session->chain_depth) = X509_STORE_CTX_get_error_depth(store);
  }
  return 1;
}

static void check(Session* session, X509_STORE_CTX* store) {
  session->chain_error = session->host_error = X509_V_OK;
  X509_STORE_CTX_set_verify_cb(store, record);
  ERR_set_mark();
  const int answer = X509_verify_cert(store);
  ERR_pop_to_mark();
  // It gives up in spite of `record` when memory is short or the call makes no sense.
  if (answer <= 0 && session->chain_error == X509_V_OK) {
    const int error = X509_STORE_CTX_get_error(store);
    session->chain_error = error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
    session->chain_depth = 0;
  }
  // A chain that leads nowhere is the graver finding: its names are anybody's.
  const bool host = session->chain_error == X509_V_OK;
  session->verify_code = host ? session->host_error : session->chain_error;
  session->verify_depth = host ? session->host_depth : session->chain_depth;
  if (session->verify_code == X509_V_OK) session->verify_depth = 0;
  session->checked = true;
  const SSL_CTX* ctx = SSL_get_SSL_CTX(session->ssl);
  session_fresh_until(session, revocations_until(ctx, time(nullptr)));
}

static bool ask_for_verdict(Session* session, X509_STORE_CTX* store) {
  napi_env env = session->ask_env;
  napi_value arguments[3];
  napi_value receiver;
  napi_value answer;
  bool accepted = false;
  if (session->ask == nullptr) return false;
  napi_get_undefined(env, &receiver);
  napi_create_string_utf8(env, "verdict", NAPI_AUTO_LENGTH, &arguments[0]);
  arguments[1] = give(env, session->verify_code);
  arguments[2] = give(env, session->verify_depth);
  session->checking = store;
  const napi_status called = napi_call_function(env, receiver, session->ask, 3, arguments, &answer);
  session->checking = nullptr;
  if (called != napi_ok) {
    session->threw = true;
    return false;
  }
  return !session->freed && napi_get_value_bool(env, answer, &accepted) == napi_ok && accepted;
}

int verify_chain(X509_STORE_CTX* store, void*) {
  Session* session = session_of_store(store);
  check(session, store);
  const bool accepted = session->asks_verdict ? ask_for_verdict(session, store)
                                              : session->verify_code == X509_V_OK || !session->enforce;
  if (!accepted) {
    session->refused = true;
    if (session->verify_code == X509_V_OK) session->verify_code = X509_V_ERR_APPLICATION_VERIFICATION;
  }
  // OpenSSL keeps it in the session, where a resumption finds it, and chooses the alert by it.
  X509_STORE_CTX_set_error(store, session->verify_code);
  return accepted ? 1 : 0;
}
