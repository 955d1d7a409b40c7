// Owns how the library starts threads. It must not know what they do.
#include "threads.h"

#include <signal.h>

int thread_start(pthread_t* thread, size_t stack, void* (*run)(void*), void* data) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return -error;
  pthread_attr_setstacksize(&attributes, stack);
  if (thread == nullptr) pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Blocked here and inherited, because a signal could arrive before the new thread blocks anything itself.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t started;
  error = pthread_create(thread == nullptr ? &started : thread, &attributes, run, data);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return -error;
}
