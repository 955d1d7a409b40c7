// Owns what native/ calls instead of the kernel in the fuzzers: it is included before every one of its files, which then find
// these names. It must not know what an input means.
#ifndef BERKELEY_FUZZ_KERNEL_H
#define BERKELEY_FUZZ_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

template <typename T>
long as_long(T value) {
  return (long)value;
}

long simulated_call(long number, const long (&arguments)[6]);

template <typename... Types>
long simulated_syscall(long number, Types... values) {
  const long arguments[6] = {as_long(values)...};
  return simulated_call(number, arguments);
}

int simulated_bind(int, const sockaddr*, socklen_t);
int simulated_name(int, sockaddr*, socklen_t*);
int simulated_accept(int, sockaddr*, socklen_t*, int);
int simulated_descriptor(...);
int simulated_pair(int*);
int simulated_close(int);
int simulated_fcntl(int, int, int = 0);
int simulated_plain(...);
int simulated_getsockopt(int, int, int, void*, socklen_t*);
int simulated_setsockopt(int, int, int, const void*, socklen_t);
int simulated_ioctl(int, unsigned long, int*);
int simulated_ppoll(pollfd*, nfds_t, const timespec*, const sigset_t*);
ssize_t simulated_sendmsg(int, const msghdr*, int);
ssize_t simulated_read(int, void*, size_t);
int simulated_getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**);
void simulated_freeaddrinfo(addrinfo*);
int simulated_getnameinfo(const sockaddr*, socklen_t, char*, socklen_t, char*, socklen_t, int);
int simulated_thread(void* (*)(void*), void*);

#ifndef BERKELEY_FUZZ_ITSELF
#define syscall simulated_syscall
#endif
#if !defined(BERKELEY_FUZZ_TLS) && !defined(BERKELEY_FUZZ_ITSELF)
#define bind simulated_bind
#define connect simulated_bind
#define listen(...) simulated_plain(__VA_ARGS__)
#define shutdown(...) simulated_plain(__VA_ARGS__)
#define getsockname simulated_name
#define getpeername simulated_name
#define accept4 simulated_accept
#define socket(...) simulated_descriptor(__VA_ARGS__)
#define socketpair(domain, type, protocol, ends) simulated_pair(ends)
#define pipe2(ends, flags) simulated_pair(ends)
#define close simulated_close
#define fcntl simulated_fcntl
#define getsockopt simulated_getsockopt
#define setsockopt simulated_setsockopt
#define ioctl simulated_ioctl
#define ppoll simulated_ppoll
#define sendmsg simulated_sendmsg
#define sendfile(...) simulated_plain(__VA_ARGS__)
#define splice(...) simulated_plain(__VA_ARGS__)
#define open(...) simulated_descriptor(__VA_ARGS__)
#define eventfd(...) simulated_descriptor(__VA_ARGS__)
#define eventfd_write(...) 0
#define lseek(...) simulated_plain(__VA_ARGS__)
#define read simulated_read
#define pread(fd, data, length, position) simulated_read(fd, data, length)
#define getaddrinfo simulated_getaddrinfo
#define freeaddrinfo simulated_freeaddrinfo
#define getnameinfo simulated_getnameinfo
// The threads of the resolver do their work at once, and do not wait for more.
#define pthread_create(thread, attributes, run, data) simulated_thread(run, data)
#define pthread_cond_timedwait(...) ETIMEDOUT
#endif

#endif
