// Owns lookups: what is asked, the threads that ask it, what came back. It must not know Node-API.
#ifndef BERKELEY_RESOLVER_H
#define BERKELEY_RESOLVER_H

#include <netdb.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct LookupAddress {
  socklen_t length;
  sockaddr_storage address;
};

// One lookup has two holders, JavaScript and the queue with its threads. The answer is written by a thread before
// `lookup_done` says so and is not touched afterwards.
struct Lookup {
  Lookup* previous;
  Lookup* next;
  int references;
  // Guarded by the resolver's lock; -1 once JavaScript has let go.
  int eventfd;
  bool queued;
  // It runs, and nobody waits for it.
  bool forsaken;
  bool done;

  bool reverse;
  int flags;
  // getaddrinfo
  char* host;
  char* service;
  addrinfo hints;
  // getnameinfo
  LookupAddress address;

  int error;
  int system_error;
  LookupAddress* addresses;
  size_t count;
  char* canonical_name;
  char* found_host;
  char* found_service;
};

// All zero, to be filled with the question. Null when memory is short. `host` and `service` must come from malloc.
Lookup* lookup_create();

// For a lookup that was never started.
void lookup_discard(Lookup* lookup);

// The eventfd, or -errno, and then the lookup is gone.
int lookup_start(Lookup* lookup);

bool lookup_done(Lookup* lookup);

// JavaScript lets go: closes the eventfd; a lookup that has not begun is never asked.
void lookup_release(Lookup* lookup);

#endif
