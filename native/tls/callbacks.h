// Owns the list of what OpenSSL calls back for, across the files that answer. It must not know when.
#ifndef BERKELEY_TLS_CALLBACKS_H
#define BERKELEY_TLS_CALLBACKS_H

#include "context.h"
#include "session.h"

// callbacks.cc: all of them, set on a new context.
void set_callbacks(Context* context);

// hello.cc: the name and the protocol that a client asks for.
int hello_answer(SSL* ssl, int* alert, void*);
int hello_acknowledge_name(SSL* ssl, int* alert, void*);
int hello_choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                          unsigned offered_length, void*);

// verify.cc: the peer's certificate.
int verify_chain(X509_STORE_CTX* store, void*);

// staple.cc: OCSP, on both sides.
int staple_answer(SSL* ssl, void*);

#endif
