// Owns the states of a TCP connection, as tcpi_state gives them, and the levels of TCP and UDP. They are in headers of the
// C library, which cannot be included together with the kernel's.
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "constants.h"

const Constant tcp_state_constants[] = {
#ifdef SOL_TCP
    {"SOL_TCP", SOL_TCP},
#endif
#ifdef SOL_UDP
    {"SOL_UDP", SOL_UDP},
#endif
    {"TCP_CLOSE", TCP_CLOSE},
    {"TCP_CLOSE_WAIT", TCP_CLOSE_WAIT},
    {"TCP_CLOSING", TCP_CLOSING},
    {"TCP_ESTABLISHED", TCP_ESTABLISHED},
    {"TCP_FIN_WAIT1", TCP_FIN_WAIT1},
    {"TCP_FIN_WAIT2", TCP_FIN_WAIT2},
    {"TCP_LAST_ACK", TCP_LAST_ACK},
    {"TCP_LISTEN", TCP_LISTEN},
    {"TCP_SYN_RECV", TCP_SYN_RECV},
    {"TCP_SYN_SENT", TCP_SYN_SENT},
    {"TCP_TIME_WAIT", TCP_TIME_WAIT},
    {nullptr, 0},
};
