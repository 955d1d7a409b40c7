// What the loads of the TLS cases share: one context, so that every server is asked for the same version, cipher suite
// and group, and a connection. It must not know what is sent over it.

#ifndef TLS_CLIENT_H
#define TLS_CLIENT_H

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include "load-support.h"

static SSL_SESSION *newest; // Of the last ticket that came, or NULL.

static inline void fail_ssl(const char *what) {
  fprintf(stderr, "load: %s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static inline int keep_session(SSL *ssl, SSL_SESSION *session) {
  (void)ssl;
  SSL_SESSION_free(newest);
  newest = session;
  return 1;
}

// The certificate is not checked: that would be work of the load, and the server has none of it.
static inline SSL_CTX *client_context(void) {
  signal(SIGPIPE, SIG_IGN);
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (!context) fail_ssl("SSL_CTX_new");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  if (SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1) fail_ssl("the cipher suite");
  if (SSL_CTX_set1_groups_list(context, "X25519") != 1) fail_ssl("the group");
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  return context;
}

static inline SSL *client_over(SSL_CTX *context, int fd) {
  SSL *ssl = SSL_new(context);
  if (!ssl || SSL_set_fd(ssl, fd) != 1) fail_ssl("SSL_new");
  SSL_set_connect_state(ssl);
  return ssl;
}

static inline void stop_blocking(int fd) {
  if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) die("fcntl");
}

// 1 when `result` means that OpenSSL waits for the descriptor; anything else but an orderly end, which is 0, fails.
static inline int waits(SSL *ssl, int result) {
  switch (SSL_get_error(ssl, result)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return 1;
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  case SSL_ERROR_SYSCALL:
    if (errno != 0) die("the connection");
    fail("the server ended a connection without close_notify");
    return 0;
  default:
    fail_ssl("OpenSSL");
    return 0;
  }
}

// A connection with its handshake done, waiting for it; NULL when there are no descriptors left.
static inline SSL *connect_tls(SSL_CTX *context, const struct sockaddr_in *address) {
  int fd = dial(address);
  if (fd < 0) return NULL;
  SSL *ssl = client_over(context, fd);
  if (SSL_connect(ssl) != 1) fail_ssl("the handshake");
  return ssl;
}

#endif
