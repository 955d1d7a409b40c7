// Owns the symbol versions the addon asks of glibc. It must not know who uses the functions.
//
// glibc 2.34 moved libpthread and libdl into libc and gave their functions new versions. A file built on such a system
// would not load below it, though nothing but the number changed; Node itself runs from 2.28 on. Every file that uses one
// of these functions includes this one. What `nm -D` lists with a higher version than 2.28 belongs here.
#ifndef BERKELEY_GLIBC_VERSIONS_H
#define BERKELEY_GLIBC_VERSIONS_H

#include <features.h>
#include <sys/stat.h>

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))

#ifdef __x86_64__
#define BERKELEY_OLDEST "GLIBC_2.2.5"
#define BERKELEY_STAT_VERSION 1
#else
#define BERKELEY_OLDEST "GLIBC_2.17"
#define BERKELEY_STAT_VERSION 0
#endif

// Before 2.33 fstat(2) was a line in a header, which called this. It is still there, under this version alone.
extern "C" int berkeley_fxstat(int version, int fd, struct stat* facts) __asm__("__fxstat");
__asm__(".symver __fxstat,__fxstat@" BERKELEY_OLDEST);
#define BERKELEY_FSTAT(fd, facts) berkeley_fxstat(BERKELEY_STAT_VERSION, fd, facts)

__asm__(".symver dlerror,dlerror@" BERKELEY_OLDEST);
__asm__(".symver dlopen,dlopen@" BERKELEY_OLDEST);
__asm__(".symver dlsym,dlsym@" BERKELEY_OLDEST);
__asm__(".symver pthread_attr_setstacksize,pthread_attr_setstacksize@" BERKELEY_OLDEST);
__asm__(".symver pthread_create,pthread_create@" BERKELEY_OLDEST);
__asm__(".symver pthread_join,pthread_join@" BERKELEY_OLDEST);
__asm__(".symver pthread_sigmask,pthread_sigmask@" BERKELEY_OLDEST);

#else
#define BERKELEY_FSTAT(fd, facts) fstat(fd, facts)
#endif

#endif
