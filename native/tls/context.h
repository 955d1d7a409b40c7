// Owns what a context is: an SSL_CTX and what OpenSSL does not remember for us. It must not know what a session is.
#ifndef BERKELEY_TLS_CONTEXT_H
#define BERKELEY_TLS_CONTEXT_H

#include <openssl/ssl.h>
#include <time.h>

#include "environment.h"
#include "values.h"

struct Context {
  uint32_t kind;
  // One for JavaScript, one for each session: the callbacks read the fields below long after a collection.
  int references;
  Environment* environment;
  SSL_CTX* ctx;
  bool server;
  bool asks_name;
  int verify_mode;
  int min_version;
  int max_version;
  int security_level;
  // Null when OpenSSL's own.
  char* groups;
  // Wire format.
  uint8_t* alpn;
  size_t alpn_length;
  uint8_t* staple;
  size_t staple_length;
  uint8_t session_id_context[SSL_MAX_SID_CTX_LENGTH];
  size_t session_id_context_length;
};

struct Store {
  uint32_t kind;
  Environment* environment;
  X509_STORE* store;
  int64_t weight;
};

void context_release(Context* context);

// Seconds since 1970; 0 for none.
time_t moment_of(const ASN1_TIME* time);

// When the first of its revocation lists ends that were in force at that moment; 0 where none ends.
time_t revocations_until(const SSL_CTX* ctx, time_t since);

// What every context sets on its sessions, and a session that changes its context has to set again.
uint64_t context_options(const Context* context);

// ALPN in wire format: at least one name, none of them empty.
bool alpn_is_valid(Bytes alpn);

#endif
