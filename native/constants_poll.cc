// Owns the constants of poll(2) and epoll(7).
// A name that the headers lack is absent, hence a condition for each; alphabetical within a group.
#include "constants.h"

#include <poll.h>
#include <sys/epoll.h>

const Constant poll_constants[] = {
    // ---- epoll_ctl(2)
#ifdef EPOLLERR
    {"EPOLLERR", EPOLLERR},
#endif
#ifdef EPOLLET
    {"EPOLLET", EPOLLET},
#endif
#ifdef EPOLLEXCLUSIVE
    {"EPOLLEXCLUSIVE", EPOLLEXCLUSIVE},
#endif
#ifdef EPOLLHUP
    {"EPOLLHUP", EPOLLHUP},
#endif
#ifdef EPOLLIN
    {"EPOLLIN", EPOLLIN},
#endif
#ifdef EPOLLMSG
    {"EPOLLMSG", EPOLLMSG},
#endif
#ifdef EPOLLONESHOT
    {"EPOLLONESHOT", EPOLLONESHOT},
#endif
#ifdef EPOLLOUT
    {"EPOLLOUT", EPOLLOUT},
#endif
#ifdef EPOLLPRI
    {"EPOLLPRI", EPOLLPRI},
#endif
#ifdef EPOLLRDBAND
    {"EPOLLRDBAND", EPOLLRDBAND},
#endif
#ifdef EPOLLRDHUP
    {"EPOLLRDHUP", EPOLLRDHUP},
#endif
#ifdef EPOLLRDNORM
    {"EPOLLRDNORM", EPOLLRDNORM},
#endif
#ifdef EPOLLWAKEUP
    {"EPOLLWAKEUP", EPOLLWAKEUP},
#endif
#ifdef EPOLLWRBAND
    {"EPOLLWRBAND", EPOLLWRBAND},
#endif
#ifdef EPOLLWRNORM
    {"EPOLLWRNORM", EPOLLWRNORM},
#endif
#ifdef EPOLL_CLOEXEC
    {"EPOLL_CLOEXEC", EPOLL_CLOEXEC},
#endif
#ifdef EPOLL_CTL_ADD
    {"EPOLL_CTL_ADD", EPOLL_CTL_ADD},
#endif
#ifdef EPOLL_CTL_DEL
    {"EPOLL_CTL_DEL", EPOLL_CTL_DEL},
#endif
#ifdef EPOLL_CTL_MOD
    {"EPOLL_CTL_MOD", EPOLL_CTL_MOD},
#endif
    // ---- poll(2)
#ifdef POLLERR
    {"POLLERR", POLLERR},
#endif
#ifdef POLLHUP
    {"POLLHUP", POLLHUP},
#endif
#ifdef POLLIN
    {"POLLIN", POLLIN},
#endif
#ifdef POLLMSG
    {"POLLMSG", POLLMSG},
#endif
#ifdef POLLNVAL
    {"POLLNVAL", POLLNVAL},
#endif
#ifdef POLLOUT
    {"POLLOUT", POLLOUT},
#endif
#ifdef POLLPRI
    {"POLLPRI", POLLPRI},
#endif
#ifdef POLLRDBAND
    {"POLLRDBAND", POLLRDBAND},
#endif
#ifdef POLLRDHUP
    {"POLLRDHUP", POLLRDHUP},
#endif
#ifdef POLLRDNORM
    {"POLLRDNORM", POLLRDNORM},
#endif
#ifdef POLLREMOVE
    {"POLLREMOVE", POLLREMOVE},
#endif
#ifdef POLLWRBAND
    {"POLLWRBAND", POLLWRBAND},
#endif
#ifdef POLLWRNORM
    {"POLLWRNORM", POLLWRNORM},
#endif
    {nullptr, 0},
};
