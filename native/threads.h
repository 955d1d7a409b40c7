// Owns how the library starts threads. It must not know what they do.
#ifndef BERKELEY_THREADS_H
#define BERKELEY_THREADS_H

#include <pthread.h>
#include <stddef.h>

#include "glibc_versions.h"

// All signals are blocked in the new thread, so that the runtime's handlers never run there and a signal meant to
// interrupt a blocking call reaches the thread that blocks. `thread` null starts it detached. 0 or -errno.
int thread_start(pthread_t* thread, size_t stack, void* (*run)(void*), void* data);

#endif
