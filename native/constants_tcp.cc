// Owns the constants of TCP and what rides on it. It takes the kernel's header, which is ahead of the C library's.
// A name that the headers lack is absent, hence a condition for each; alphabetical within a group.
#include "constants.h"

#if __has_include(<linux/mptcp.h>)
#include <linux/mptcp.h>
#endif
#include <linux/tcp.h>
#if __has_include(<linux/tls.h>)
#include <linux/tls.h>
#endif

const Constant tcp_constants[] = {
    // ---- Options of IPPROTO_TCP
#ifdef TCP_AO_ADD_KEY
    {"TCP_AO_ADD_KEY", TCP_AO_ADD_KEY},
#endif
#ifdef TCP_AO_DEL_KEY
    {"TCP_AO_DEL_KEY", TCP_AO_DEL_KEY},
#endif
#ifdef TCP_AO_GET_KEYS
    {"TCP_AO_GET_KEYS", TCP_AO_GET_KEYS},
#endif
#ifdef TCP_AO_INFO
    {"TCP_AO_INFO", TCP_AO_INFO},
#endif
#ifdef TCP_AO_REPAIR
    {"TCP_AO_REPAIR", TCP_AO_REPAIR},
#endif
#ifdef TCP_CC_INFO
    {"TCP_CC_INFO", TCP_CC_INFO},
#endif
#ifdef TCP_CM_INQ
    {"TCP_CM_INQ", TCP_CM_INQ},
#endif
#ifdef TCP_CONGESTION
    {"TCP_CONGESTION", TCP_CONGESTION},
#endif
#ifdef TCP_CORK
    {"TCP_CORK", TCP_CORK},
#endif
#ifdef TCP_DEFER_ACCEPT
    {"TCP_DEFER_ACCEPT", TCP_DEFER_ACCEPT},
#endif
#ifdef TCP_DELACK_MAX_US
    {"TCP_DELACK_MAX_US", TCP_DELACK_MAX_US},
#endif
#ifdef TCP_ENCAP_ESPINTCP
    {"TCP_ENCAP_ESPINTCP", TCP_ENCAP_ESPINTCP},
#endif
#ifdef TCP_FASTOPEN
    {"TCP_FASTOPEN", TCP_FASTOPEN},
#endif
#ifdef TCP_FASTOPEN_CONNECT
    {"TCP_FASTOPEN_CONNECT", TCP_FASTOPEN_CONNECT},
#endif
#ifdef TCP_FASTOPEN_KEY
    {"TCP_FASTOPEN_KEY", TCP_FASTOPEN_KEY},
#endif
#ifdef TCP_FASTOPEN_NO_COOKIE
    {"TCP_FASTOPEN_NO_COOKIE", TCP_FASTOPEN_NO_COOKIE},
#endif
#ifdef TCP_INFO
    {"TCP_INFO", TCP_INFO},
#endif
#ifdef TCP_INQ
    {"TCP_INQ", TCP_INQ},
#endif
#ifdef TCP_IS_MPTCP
    {"TCP_IS_MPTCP", TCP_IS_MPTCP},
#endif
#ifdef TCP_KEEPCNT
    {"TCP_KEEPCNT", TCP_KEEPCNT},
#endif
#ifdef TCP_KEEPIDLE
    {"TCP_KEEPIDLE", TCP_KEEPIDLE},
#endif
#ifdef TCP_KEEPINTVL
    {"TCP_KEEPINTVL", TCP_KEEPINTVL},
#endif
#ifdef TCP_LINGER2
    {"TCP_LINGER2", TCP_LINGER2},
#endif
#ifdef TCP_MAXSEG
    {"TCP_MAXSEG", TCP_MAXSEG},
#endif
#ifdef TCP_MD5SIG
    {"TCP_MD5SIG", TCP_MD5SIG},
#endif
#ifdef TCP_MD5SIG_EXT
    {"TCP_MD5SIG_EXT", TCP_MD5SIG_EXT},
#endif
#ifdef TCP_MD5SIG_FLAG_IFINDEX
    {"TCP_MD5SIG_FLAG_IFINDEX", TCP_MD5SIG_FLAG_IFINDEX},
#endif
#ifdef TCP_MD5SIG_FLAG_PREFIX
    {"TCP_MD5SIG_FLAG_PREFIX", TCP_MD5SIG_FLAG_PREFIX},
#endif
#ifdef TCP_MD5SIG_MAXKEYLEN
    {"TCP_MD5SIG_MAXKEYLEN", TCP_MD5SIG_MAXKEYLEN},
#endif
#ifdef TCP_MSS_DEFAULT
    {"TCP_MSS_DEFAULT", TCP_MSS_DEFAULT},
#endif
#ifdef TCP_MSS_DESIRED
    {"TCP_MSS_DESIRED", TCP_MSS_DESIRED},
#endif
#ifdef TCP_NODELAY
    {"TCP_NODELAY", TCP_NODELAY},
#endif
#ifdef TCP_NOTSENT_LOWAT
    {"TCP_NOTSENT_LOWAT", TCP_NOTSENT_LOWAT},
#endif
#ifdef TCP_QUEUE_SEQ
    {"TCP_QUEUE_SEQ", TCP_QUEUE_SEQ},
#endif
#ifdef TCP_QUICKACK
    {"TCP_QUICKACK", TCP_QUICKACK},
#endif
#ifdef TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT
    {"TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT", TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT},
#endif
#ifdef TCP_REPAIR
    {"TCP_REPAIR", TCP_REPAIR},
#endif
#ifdef TCP_REPAIR_OFF
    {"TCP_REPAIR_OFF", TCP_REPAIR_OFF},
#endif
#ifdef TCP_REPAIR_OFF_NO_WP
    {"TCP_REPAIR_OFF_NO_WP", TCP_REPAIR_OFF_NO_WP},
#endif
#ifdef TCP_REPAIR_ON
    {"TCP_REPAIR_ON", TCP_REPAIR_ON},
#endif
#ifdef TCP_REPAIR_OPTIONS
    {"TCP_REPAIR_OPTIONS", TCP_REPAIR_OPTIONS},
#endif
#ifdef TCP_REPAIR_QUEUE
    {"TCP_REPAIR_QUEUE", TCP_REPAIR_QUEUE},
#endif
#ifdef TCP_REPAIR_WINDOW
    {"TCP_REPAIR_WINDOW", TCP_REPAIR_WINDOW},
#endif
#ifdef TCP_RTO_MAX_MS
    {"TCP_RTO_MAX_MS", TCP_RTO_MAX_MS},
#endif
#ifdef TCP_RTO_MIN_US
    {"TCP_RTO_MIN_US", TCP_RTO_MIN_US},
#endif
#ifdef TCP_SAVED_SYN
    {"TCP_SAVED_SYN", TCP_SAVED_SYN},
#endif
#ifdef TCP_SAVE_SYN
    {"TCP_SAVE_SYN", TCP_SAVE_SYN},
#endif
#ifdef TCP_SYNCNT
    {"TCP_SYNCNT", TCP_SYNCNT},
#endif
#ifdef TCP_THIN_DUPACK
    {"TCP_THIN_DUPACK", TCP_THIN_DUPACK},
#endif
#ifdef TCP_THIN_LINEAR_TIMEOUTS
    {"TCP_THIN_LINEAR_TIMEOUTS", TCP_THIN_LINEAR_TIMEOUTS},
#endif
#ifdef TCP_TIMESTAMP
    {"TCP_TIMESTAMP", TCP_TIMESTAMP},
#endif
#ifdef TCP_TX_DELAY
    {"TCP_TX_DELAY", TCP_TX_DELAY},
#endif
#ifdef TCP_ULP
    {"TCP_ULP", TCP_ULP},
#endif
#ifdef TCP_USER_TIMEOUT
    {"TCP_USER_TIMEOUT", TCP_USER_TIMEOUT},
#endif
#ifdef TCP_WINDOW_CLAMP
    {"TCP_WINDOW_CLAMP", TCP_WINDOW_CLAMP},
#endif
#ifdef TCP_ZEROCOPY_RECEIVE
    {"TCP_ZEROCOPY_RECEIVE", TCP_ZEROCOPY_RECEIVE},
#endif
    // ---- Bits of tcpi_options
#ifdef TCPI_OPT_ECN
    {"TCPI_OPT_ECN", TCPI_OPT_ECN},
#endif
#ifdef TCPI_OPT_ECN_SEEN
    {"TCPI_OPT_ECN_SEEN", TCPI_OPT_ECN_SEEN},
#endif
#ifdef TCPI_OPT_SACK
    {"TCPI_OPT_SACK", TCPI_OPT_SACK},
#endif
#ifdef TCPI_OPT_SYN_DATA
    {"TCPI_OPT_SYN_DATA", TCPI_OPT_SYN_DATA},
#endif
#ifdef TCPI_OPT_TIMESTAMPS
    {"TCPI_OPT_TIMESTAMPS", TCPI_OPT_TIMESTAMPS},
#endif
#ifdef TCPI_OPT_WSCALE
    {"TCPI_OPT_WSCALE", TCPI_OPT_WSCALE},
#endif
    // ---- Multipath TCP
#ifdef MPTCP_FULL_INFO
    {"MPTCP_FULL_INFO", MPTCP_FULL_INFO},
#endif
#ifdef MPTCP_INFO
    {"MPTCP_INFO", MPTCP_INFO},
#endif
#ifdef MPTCP_SUBFLOW_ADDRS
    {"MPTCP_SUBFLOW_ADDRS", MPTCP_SUBFLOW_ADDRS},
#endif
#ifdef MPTCP_TCPINFO
    {"MPTCP_TCPINFO", MPTCP_TCPINFO},
#endif
    // ---- Kernel TLS
#ifdef TLS_RX
    {"TLS_RX", TLS_RX},
#endif
#ifdef TLS_RX_EXPECT_NO_PAD
    {"TLS_RX_EXPECT_NO_PAD", TLS_RX_EXPECT_NO_PAD},
#endif
#ifdef TLS_TX
    {"TLS_TX", TLS_TX},
#endif
#ifdef TLS_TX_ZEROCOPY_RO
    {"TLS_TX_ZEROCOPY_RO", TLS_TX_ZEROCOPY_RO},
#endif
    {nullptr, 0},
};
