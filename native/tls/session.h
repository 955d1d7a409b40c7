// Owns what a session is, and what a call on one begins and ends with. It must not know what any call does.
#ifndef BERKELEY_TLS_SESSION_H
#define BERKELEY_TLS_SESSION_H

#include <openssl/ssl.h>

#include "byte_queue.h"
#include "context.h"

// tlsResult in src/native/tls-binding.ts.
enum Result : int {
  want_read = -2000001,
  want_write = -2000002,
  want_pause = -2000004,
  result_truncated = -2000011,
  result_failed = -2000012,
  result_invalid = -2000013,
};

struct Session {
  uint32_t kind;
  Environment* environment;
  // The one in use; a name asked for at the ClientHello may replace it.
  Context* context;
  // Null once the session is freed.
  SSL* ssl;
  int fd;

  bool server;
  bool enforce;
  bool asks_verdict;
  bool keeps_keylog;
  int ocsp;

  // A call is under way; sessionFree waits for its end then.
  bool busy;
  bool freed;
  bool established;
  // After a failure of OpenSSL nothing more can be read or written.
  bool broken;
  // close_notify came.
  bool closed;
  // What is unsent are tickets, and may wait for what is written next.
  bool held;
  // The last send failed for want of memory, and no event will tell when there is some.
  bool starved;

  // What was received and OpenSSL has not taken, and what OpenSSL made and is not sent. Ciphertext both.
  ByteQueue input;
  ByteQueue output;
  // The last receive filled its memory: the next gets more.
  bool bulk;
  bool ended;
  // Positive errnos. Both stay: an error of the kernel is told once and then forgotten.
  int receive_error;
  int send_error;

  // Of one call.
  bool may_receive;
  bool delivered;
  bool drained;
  int receives;

  // The function that handshake was given, while it runs.
  napi_env ask_env;
  napi_value ask;
  bool threw;
  bool asked_name;
  char* server_name;

  // The chain check.
  X509_STORE_CTX* checking;
  bool checked;
  bool refused;
  int chain_error;
  int chain_depth;
  int host_error;
  int host_depth;
  int verify_code;
  int verify_depth;
  // When the first word ends that says nothing is revoked, a list or a stapled response; 0 for never.
  time_t fresh_until;

  unsigned long error;
  int alert_sent;
  int alert_received;

  // What was agreed on, from the moment that `ssl` is gone. From malloc; servers only.
  struct Facts* kept;

  SSL_SESSION* newest;
  bool new_ticket;
  char* keylog;
  size_t keylog_length;
};

// So much unsent, and nothing more is encrypted until it is sent. The record that passes the limit comes on top.
static const size_t unsent_limit = 64 * 1024;
// More than this unsent, and nothing more is received, since it may ask for answers. A write alone never gets there: a
// connection whose both ends write first and read then must not stand still.
static const size_t answers_limit = 96 * 1024;

inline void session_fresh_until(Session* session, time_t end) {
  if (end != 0 && (session->fresh_until == 0 || end < session->fresh_until)) session->fresh_until = end;
}

inline Session* session_of_ssl(const SSL* ssl) { return static_cast<Session*>(SSL_get_ex_data(ssl, 0)); }

// Begins a call: null when there is no such session, it is freed, or a call is under way on it.
Session* session_begin(napi_env env, napi_value handle);
// Ends it: the status is written, memory given back, a sessionFree from inside carried out.
void session_end(Session* session);
// For looking only, also inside a call of `ask`. `ssl` may be null.
Session* session_peek(napi_env env, napi_value handle);

// Collects a line of the key log; set on a context when one of its sessions wants it.
void session_note_keylog(const SSL* ssl, const char* line);

// facts.cc: remembers what was agreed on, for when `ssl` is gone. What memory is too short for is forgotten.
void session_keep_facts(Session* session);

// Takes OpenSSL's errors out of the queue. The first that speaks of TLS becomes the session's, else the first.
void session_note_failure(Session* session);

#endif
