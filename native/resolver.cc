// Owns the resolver's threads and queue. It must not know Node-API, nor who waits for the answers.
//
// getaddrinfo(3) may hang for minutes and cannot be cancelled. So it never runs on libuv's four threads (a few dead name
// servers would stop file access too), and whoever gives up leaves only a thread behind, which ends by itself and writes
// into memory that is still there. Two caps bound the threads: one for lookups that somebody waits for, what is above it
// queues; and a higher one that counts those too whose lookup was given up, so that dead name servers stop nobody else.
#include "resolver.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "ownership.h"
#include "threads.h"

static const int most_wanted = 16;
static const int most_threads = 64;
static const int idle_seconds = 5;
// Virtual memory, not resident. NSS modules are strangers' code that expects an ordinary stack.
static const size_t stack_size = 1024 * 1024;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
// Waits by the wall clock, which needs no initialisation at run time: a jump of it makes an idle thread live longer or shorter.
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
// All below is guarded by the mutex.
static Lookup* first;
static Lookup* last;
static int waiting;
static int idle;
static int threads;
// How many of them run a lookup that nobody waits for any more.
static int forsaken;

static void enqueue(Lookup* lookup) {
  lookup->previous = last;
  lookup->next = nullptr;
  *(last == nullptr ? &first : &last->next) = lookup;
  last = lookup;
  lookup->queued = true;
  ++waiting;
}

static void dequeue(Lookup* lookup) {
  *(lookup->previous == nullptr ? &first : &lookup->previous->next) = lookup->next;
  *(lookup->next == nullptr ? &last : &lookup->next->previous) = lookup->previous;
  lookup->queued = false;
  --waiting;
}

void lookup_discard(Lookup* lookup) {
  free(lookup->host);
  free(lookup->service);
  free(lookup->addresses);
  free(lookup->canonical_name);
  free(lookup->found_host);
  free(lookup->found_service);
  free(lookup);
}

static void drop(Lookup* lookup) {
  if (__atomic_sub_fetch(&lookup->references, 1, __ATOMIC_ACQ_REL) == 0) lookup_discard(lookup);
}

static void keep_addresses(Lookup* lookup, const addrinfo* list) {
  size_t count = 0;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) ++count;
  lookup->addresses = static_cast<LookupAddress*>(calloc(count > 0 ? count : 1, sizeof(LookupAddress)));
  if (list != nullptr && list->ai_canonname != nullptr) lookup->canonical_name = strdup(list->ai_canonname);
  if (lookup->addresses == nullptr) {
    lookup->error = EAI_MEMORY;
    return;
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_storage)) continue;
    LookupAddress* address = &lookup->addresses[lookup->count++];
    address->length = entry->ai_addrlen;
    memcpy(&address->address, entry->ai_addr, entry->ai_addrlen);
  }
}

static void ask_forward(Lookup* lookup) {
  addrinfo* list = nullptr;
  errno = 0;
  lookup->error = getaddrinfo(lookup->host, lookup->service, &lookup->hints, &list);
  lookup->system_error = lookup->error == EAI_SYSTEM ? errno : 0;
  if (lookup->error != 0) return;
  keep_addresses(lookup, list);
  freeaddrinfo(list);
}

static void ask_reverse(Lookup* lookup) {
  char host[NI_MAXHOST];
  char service[NI_MAXSERV];
  errno = 0;
  lookup->error = getnameinfo(reinterpret_cast<const sockaddr*>(&lookup->address.address), lookup->address.length, host,
                              sizeof host, service, sizeof service, lookup->flags);
  lookup->system_error = lookup->error == EAI_SYSTEM ? errno : 0;
  if (lookup->error != 0) return;
  lookup->found_host = strdup(host);
  lookup->found_service = strdup(service);
  if (lookup->found_host == nullptr || lookup->found_service == nullptr) lookup->error = EAI_MEMORY;
}

// With the lock held; false when the thread has idled long enough to end.
static bool wait_for_work() {
  timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += idle_seconds;
  ++idle;
  int error = 0;
  while (first == nullptr && error != ETIMEDOUT) error = pthread_cond_timedwait(&work, &mutex, &until);
  --idle;
  return first != nullptr;
}

static void* run(void*) {
  pthread_mutex_lock(&mutex);
  while (wait_for_work()) {
    Lookup* lookup = first;
    dequeue(lookup);
    pthread_mutex_unlock(&mutex);

    (lookup->reverse ? ask_reverse : ask_forward)(lookup);

    pthread_mutex_lock(&mutex);
    lookup->done = true;
    if (lookup->forsaken) --forsaken;
    // Under the lock, so that JavaScript cannot close the number meanwhile and let another file have it.
    if (lookup->eventfd >= 0) eventfd_write(lookup->eventfd, 1);
    drop(lookup);
  }
  --threads;
  pthread_mutex_unlock(&mutex);
  return nullptr;
}

// With the lock held: one more thread if there is work that no thread is free for. 0, or -errno if there is none at all.
static int spawn() {
  if (waiting <= idle || threads >= most_threads || threads - forsaken >= most_wanted) return 0;
  const int error = thread_start(nullptr, stack_size, run, nullptr);
  if (error == 0) ++threads;
  // With other threads alive the work only waits for them.
  return threads == 0 ? error : 0;
}

Lookup* lookup_create() { return static_cast<Lookup*>(calloc(1, sizeof(Lookup))); }

int lookup_start(Lookup* lookup) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    const int error = errno;
    lookup_discard(lookup);
    return -error;
  }
  ownership_enter_internal(fd);
  lookup->eventfd = fd;
  lookup->references = 2;

  pthread_mutex_lock(&mutex);
  enqueue(lookup);
  const int error = spawn();
  if (error != 0) {
    // Nobody would ever come for it.
    dequeue(lookup);
    pthread_mutex_unlock(&mutex);
    ownership_close_internal(fd);
    lookup_discard(lookup);
    return error;
  }
  pthread_cond_signal(&work);
  pthread_mutex_unlock(&mutex);
  return fd;
}

bool lookup_done(Lookup* lookup) {
  pthread_mutex_lock(&mutex);
  const bool done = lookup->done;
  pthread_mutex_unlock(&mutex);
  return done;
}

void lookup_release(Lookup* lookup) {
  pthread_mutex_lock(&mutex);
  const int fd = lookup->eventfd;
  lookup->eventfd = -1;
  const bool unasked = lookup->queued;
  if (unasked) {
    dequeue(lookup);
  } else if (!lookup->done) {
    lookup->forsaken = true;
    ++forsaken;
    spawn();
  }
  pthread_mutex_unlock(&mutex);
  ownership_close_internal(fd);
  if (unasked) drop(lookup);
  drop(lookup);
}
