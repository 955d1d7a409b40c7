// Owns the question "whose descriptor is this?" for the whole process. It must not know Node-API or what a descriptor is for.
//
// Adopting a descriptor that some worker owns already would end in two closes of one number, the second of which hits a
// stranger; and a worker that is terminated runs no JavaScript, so only native code can close what it leaves behind.
#ifndef BERKELEY_OWNERSHIP_H
#define BERKELEY_OWNERSHIP_H

struct Environment;

// Enters a descriptor the kernel has just made. An older entry is stale (someone closed the number behind our back) and
// is replaced. 0 or -ENOMEM.
int ownership_enter(int fd, Environment* owner);

// Takes the answer of a system call that makes a descriptor: enters it, or closes it again. The descriptor or -errno.
int ownership_keep(int fd, Environment* owner);

// The same for a call that makes two: both are entered, or both are closed. 0 or -errno.
int ownership_keep_both(const int fds[2], Environment* owner);

// Enters a descriptor from outside: 0, -EEXIST when it has an owner, -ENOMEM.
int ownership_claim(int fd, Environment* owner);

// 0, or -EBADF when `owner` is not the owner.
int ownership_release(int fd, Environment* owner);

// Closes everything `owner` still owns.
void ownership_close_all(Environment* owner);

// The library's own descriptors (epoll, timer, wake-ups, lookups): nobody may adopt or close them by number. Losing the
// note for lack of memory does no harm, so these do not fail.
void ownership_enter_internal(int fd);
// Forgets the descriptor, then closes it.
void ownership_close_internal(int fd);

#endif
