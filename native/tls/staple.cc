// Owns stapled OCSP responses (RFC 6066 §8): a server's is sent, a client's is checked. It must not know where a server
// gets it from.
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <string.h>

#include "callbacks.h"

// Clocks differ.
static const long leeway_seconds = 300;

static int send_staple(SSL* ssl, const Context* context) {
  if (context->staple == nullptr) return SSL_TLSEXT_ERR_NOACK;
  // OpenSSL takes the copy over.
  void* copy = OPENSSL_malloc(context->staple_length);
  if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
  memcpy(copy, context->staple, context->staple_length);
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(context->staple_length));
  return SSL_TLSEXT_ERR_OK;
}

static bool is_about(const OCSP_CERTID* id, X509* certificate, X509* issuer) {
  ASN1_OBJECT* algorithm = nullptr;
  if (OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, const_cast<OCSP_CERTID*>(id)) != 1) return false;
  const EVP_MD* digest = EVP_get_digestbyobj(algorithm);
  OCSP_CERTID* own = digest == nullptr ? nullptr : OCSP_cert_to_id(digest, certificate, issuer);
  const bool same = own != nullptr && OCSP_id_cmp(own, id) == 0;
  OCSP_CERTID_free(own);
  return same;
}

// The newest word on the certificate that is valid now says that it is good.
static bool says_good(Session* session, OCSP_BASICRESP* basic, X509* certificate, X509* issuer) {
  bool good = false;
  for (int index = 0; index < OCSP_resp_count(basic); ++index) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic, index);
    if (!is_about(OCSP_SINGLERESP_get0_id(single), certificate, issuer)) continue;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &until);
    if (OCSP_check_validity(from, until, leeway_seconds, -1) != 1) continue;
    if (status != V_OCSP_CERTSTATUS_GOOD) return false;
    good = true;
    const time_t end = moment_of(until);
    if (end != 0) session_fresh_until(session, end + leeway_seconds);
  }
  return good;
}

static bool is_good(Session* session, OCSP_BASICRESP* basic) {
  SSL* ssl = session->ssl;
  STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl);
  X509_STORE* store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
  if (chain == nullptr || sk_X509_num(chain) < 1 || OCSP_basic_verify(basic, chain, store, 0) != 1) return false;
  X509* own = sk_X509_value(chain, 0);
  // A certificate that is trusted by itself is its own issuer.
  X509* issuer = sk_X509_num(chain) > 1 ? sk_X509_value(chain, 1) : own;
  return says_good(session, basic, own, issuer);
}

static bool check_staple(Session* session) {
  const unsigned char* der = nullptr;
  const long length = SSL_get_tlsext_status_ocsp_resp(session->ssl, &der);
  if (der == nullptr || length <= 0) return false;
  OCSP_RESPONSE* response = d2i_OCSP_RESPONSE(nullptr, &der, length);
  OCSP_BASICRESP* basic = nullptr;
  if (response != nullptr && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    basic = OCSP_response_get1_basic(response);
  }
  const bool good = basic != nullptr && is_good(session, basic);
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  return good;
}

int staple_answer(SSL* ssl, void*) {
  Session* session = session_of_ssl(ssl);
  if (session->server) return send_staple(ssl, session->context);
  // No certificate travels when a session is resumed, so nothing is stapled to it.
  if (session->ocsp < 2 || SSL_session_reused(ssl) == 1) return 1;
  ERR_set_mark();
  const bool good = check_staple(session);
  ERR_pop_to_mark();
  return good ? 1 : 0;
}
