// Owns the process-wide table descriptor → environment. It must not know Node-API.
#include "ownership.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fd_table.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static FdTable owners;

// Never dereferenced; its address is no environment's.
static char internal_owner;

static int enter(int fd, void* owner) {
  pthread_mutex_lock(&mutex);
  const bool entered = fd_table_set(&owners, fd, owner);
  pthread_mutex_unlock(&mutex);
  return entered ? 0 : -ENOMEM;
}

static int release(int fd, void* owner) {
  pthread_mutex_lock(&mutex);
  const bool ours = fd_table_get(&owners, fd) == owner;
  if (ours) fd_table_set(&owners, fd, nullptr);
  pthread_mutex_unlock(&mutex);
  return ours ? 0 : -EBADF;
}

// close(2) would wait as long as SO_LINGER says, and a worker that is terminated, or a program that ends, with it. SO_LINGER 0
// stays: it asks for a reset.
static void close_at_once(int fd) {
  linger limit;
  socklen_t length = sizeof limit;
  if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &limit, &length) == 0 && limit.l_onoff != 0 && limit.l_linger > 0) {
    limit.l_onoff = 0;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &limit, length);
  }
  close(fd);
}

int ownership_enter(int fd, Environment* owner) { return enter(fd, owner); }

int ownership_keep(int fd, Environment* owner) {
  if (fd < 0) return fd;
  const int entered = enter(fd, owner);
  if (entered == 0) return fd;
  close(fd);
  return entered;
}

int ownership_keep_both(const int fds[2], Environment* owner) {
  const int first = ownership_keep(fds[0], owner);
  if (first < 0) {
    close(fds[1]);
    return first;
  }
  const int second = ownership_keep(fds[1], owner);
  if (second >= 0) return 0;
  release(first, owner);
  close(first);
  return second;
}

int ownership_claim(int fd, Environment* owner) {
  pthread_mutex_lock(&mutex);
  int answer = -EEXIST;
  if (fd_table_get(&owners, fd) == nullptr) answer = fd_table_set(&owners, fd, owner) ? 0 : -ENOMEM;
  pthread_mutex_unlock(&mutex);
  return answer;
}

int ownership_release(int fd, Environment* owner) { return release(fd, owner); }

void ownership_close_all(Environment* owner) {
  int fd = 0;
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (fd < owners.capacity && owners.entries[fd] != static_cast<void*>(owner)) ++fd;
    const bool found = fd < owners.capacity;
    if (found) owners.entries[fd] = nullptr;
    pthread_mutex_unlock(&mutex);
    if (!found) return;
    // Outside of the lock, because close(2) of a file may take its time.
    close_at_once(fd);
    ++fd;
  }
}

void ownership_enter_internal(int fd) { enter(fd, &internal_owner); }

void ownership_close_internal(int fd) {
  if (fd < 0) return;
  // First the note, then the number: afterwards another thread may get the number and enter it.
  release(fd, &internal_owner);
  close(fd);
}
