// Owns the small callbacks: alerts, tickets, key log. It must not know who asks for what they note.
#include "callbacks.h"

#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static void note_alert(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0) return;
  Session* session = session_of_ssl(ssl);
  if (session == nullptr) return;
  const int level = (value >> 8) & 0xff;
  const int description = value & 0xff;
  if ((where & SSL_CB_WRITE) != 0) {
    if (level == SSL3_AL_FATAL) session->alert_sent = description;
    return;
  }
  // RFC 8446 §6: with TLS 1.3 every alert but these two is fatal, whatever its level says.
  const bool harmless = description == SSL_AD_CLOSE_NOTIFY || description == SSL_AD_USER_CANCELLED;
  if (level == SSL3_AL_FATAL || (!harmless && SSL_version(ssl) == TLS1_3_VERSION)) {
    session->alert_received = description;
  }
}

static int note_ticket(SSL* ssl, SSL_SESSION* ticket) {
  Session* session = session_of_ssl(ssl);
  if (session == nullptr) return 0;
  SSL_SESSION_free(session->newest);
  session->newest = ticket;
  session->new_ticket = true;
  return 1;
}

// A ticket brings back the certificate that a client has shown, and nobody looks at it again: one that has expired since then
// must be shown anew, and so must any when a revocation list has. What came out right otherwise is used as OpenSSL would.
static SSL_TICKET_RETURN use_ticket(SSL* ssl, SSL_SESSION* ticket, const unsigned char*, size_t, SSL_TICKET_STATUS status,
                                    void*) {
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
  const X509* shown = SSL_SESSION_get0_peer(ticket);
  if (shown != nullptr) {
    if (X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const time_t until = revocations_until(SSL_get_SSL_CTX(ssl), SSL_SESSION_get_time(ticket));
    if (until != 0 && until <= time(nullptr)) return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

void session_note_keylog(const SSL* ssl, const char* line) {
  Session* session = session_of_ssl(ssl);
  if (session == nullptr || !session->keeps_keylog) return;
  const size_t length = strlen(line) + 1;
  const size_t before = session->keylog_length;
  void* grown = OPENSSL_clear_realloc(session->keylog, before, before + length);
  if (grown == nullptr) return;
  session->keylog = static_cast<char*>(grown);
  memcpy(session->keylog + before, line, length);
  session->keylog_length = before + length;
}

void set_callbacks(Context* context) {
  SSL_CTX* ctx = context->ctx;
  SSL_CTX_set_info_callback(ctx, note_alert);
  SSL_CTX_set_cert_verify_callback(ctx, verify_chain, nullptr);
  SSL_CTX_set_tlsext_status_cb(ctx, staple_answer);
  if (!context->server) {
    SSL_CTX_sess_set_new_cb(ctx, note_ticket);
    return;
  }
  SSL_CTX_set_session_ticket_cb(ctx, nullptr, use_ticket, nullptr);
  SSL_CTX_set_client_hello_cb(ctx, hello_answer, nullptr);
  SSL_CTX_set_tlsext_servername_callback(ctx, hello_acknowledge_name);
  if (context->alpn != nullptr) SSL_CTX_set_alpn_select_cb(ctx, hello_choose_protocol, nullptr);
}
