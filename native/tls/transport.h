// Owns the way between OpenSSL and the descriptor: ciphertext in both directions. It must not know what is in it.
#ifndef BERKELEY_TLS_TRANSPORT_H
#define BERKELEY_TLS_TRANSPORT_H

#include "session.h"

// Gives the session's SSL its BIO. False when memory is short.
bool transport_attach(Session* session);

// Sends what is unsent: 0, want_write, want_pause, or -errno.
int transport_flush(Session* session);

// A peer that asks for answers and takes none (KeyUpdate, RFC 8446 §4.6.3): nothing is received until they are sent.
inline bool transport_is_flooded(const Session* session) { return session->output.size() > answers_limit; }

// What a read that got nothing comes to: -errno, result_truncated, want_read, or want_write from one that is flooded.
int transport_answer(const Session* session);

#endif
