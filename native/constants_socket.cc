// Owns the constants of <sys/socket.h>: families, types, levels, flags, options of SOL_SOCKET. It must not know protocols.
// A name that the headers lack is absent, hence a condition for each; alphabetical within a group.
#include "constants.h"

#include <fcntl.h>
#include <limits.h>
// Before errqueue.h, which needs its timespec.
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <linux/un.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

const Constant socket_constants[] = {
    // ---- Address families
#ifdef AF_ALG
    {"AF_ALG", AF_ALG},
#endif
#ifdef AF_APPLETALK
    {"AF_APPLETALK", AF_APPLETALK},
#endif
#ifdef AF_ASH
    {"AF_ASH", AF_ASH},
#endif
#ifdef AF_ATMPVC
    {"AF_ATMPVC", AF_ATMPVC},
#endif
#ifdef AF_ATMSVC
    {"AF_ATMSVC", AF_ATMSVC},
#endif
#ifdef AF_AX25
    {"AF_AX25", AF_AX25},
#endif
#ifdef AF_BLUETOOTH
    {"AF_BLUETOOTH", AF_BLUETOOTH},
#endif
#ifdef AF_BRIDGE
    {"AF_BRIDGE", AF_BRIDGE},
#endif
#ifdef AF_CAIF
    {"AF_CAIF", AF_CAIF},
#endif
#ifdef AF_CAN
    {"AF_CAN", AF_CAN},
#endif
#ifdef AF_DECnet
    {"AF_DECnet", AF_DECnet},
#endif
#ifdef AF_ECONET
    {"AF_ECONET", AF_ECONET},
#endif
#ifdef AF_FILE
    {"AF_FILE", AF_FILE},
#endif
#ifdef AF_IB
    {"AF_IB", AF_IB},
#endif
#ifdef AF_IEEE802154
    {"AF_IEEE802154", AF_IEEE802154},
#endif
#ifdef AF_INET
    {"AF_INET", AF_INET},
#endif
#ifdef AF_INET6
    {"AF_INET6", AF_INET6},
#endif
#ifdef AF_IPX
    {"AF_IPX", AF_IPX},
#endif
#ifdef AF_IRDA
    {"AF_IRDA", AF_IRDA},
#endif
#ifdef AF_ISDN
    {"AF_ISDN", AF_ISDN},
#endif
#ifdef AF_IUCV
    {"AF_IUCV", AF_IUCV},
#endif
#ifdef AF_KCM
    {"AF_KCM", AF_KCM},
#endif
#ifdef AF_KEY
    {"AF_KEY", AF_KEY},
#endif
#ifdef AF_LLC
    {"AF_LLC", AF_LLC},
#endif
#ifdef AF_LOCAL
    {"AF_LOCAL", AF_LOCAL},
#endif
#ifdef AF_MAX
    {"AF_MAX", AF_MAX},
#endif
#ifdef AF_MCTP
    {"AF_MCTP", AF_MCTP},
#endif
#ifdef AF_MPLS
    {"AF_MPLS", AF_MPLS},
#endif
#ifdef AF_NETBEUI
    {"AF_NETBEUI", AF_NETBEUI},
#endif
#ifdef AF_NETLINK
    {"AF_NETLINK", AF_NETLINK},
#endif
#ifdef AF_NETROM
    {"AF_NETROM", AF_NETROM},
#endif
#ifdef AF_NFC
    {"AF_NFC", AF_NFC},
#endif
#ifdef AF_PACKET
    {"AF_PACKET", AF_PACKET},
#endif
#ifdef AF_PHONET
    {"AF_PHONET", AF_PHONET},
#endif
#ifdef AF_PPPOX
    {"AF_PPPOX", AF_PPPOX},
#endif
#ifdef AF_QIPCRTR
    {"AF_QIPCRTR", AF_QIPCRTR},
#endif
#ifdef AF_RDS
    {"AF_RDS", AF_RDS},
#endif
#ifdef AF_ROSE
    {"AF_ROSE", AF_ROSE},
#endif
#ifdef AF_ROUTE
    {"AF_ROUTE", AF_ROUTE},
#endif
#ifdef AF_RXRPC
    {"AF_RXRPC", AF_RXRPC},
#endif
#ifdef AF_SECURITY
    {"AF_SECURITY", AF_SECURITY},
#endif
#ifdef AF_SMC
    {"AF_SMC", AF_SMC},
#endif
#ifdef AF_SNA
    {"AF_SNA", AF_SNA},
#endif
#ifdef AF_TIPC
    {"AF_TIPC", AF_TIPC},
#endif
#ifdef AF_UNIX
    {"AF_UNIX", AF_UNIX},
#endif
#ifdef AF_UNSPEC
    {"AF_UNSPEC", AF_UNSPEC},
#endif
#ifdef AF_VSOCK
    {"AF_VSOCK", AF_VSOCK},
#endif
#ifdef AF_WANPIPE
    {"AF_WANPIPE", AF_WANPIPE},
#endif
#ifdef AF_X25
    {"AF_X25", AF_X25},
#endif
#ifdef AF_XDP
    {"AF_XDP", AF_XDP},
#endif
    // ---- msg_flags of send(2) and recv(2)
#ifdef MSG_BATCH
    {"MSG_BATCH", MSG_BATCH},
#endif
#ifdef MSG_CMSG_CLOEXEC
    {"MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC},
#endif
#ifdef MSG_CONFIRM
    {"MSG_CONFIRM", MSG_CONFIRM},
#endif
#ifdef MSG_CTRUNC
    {"MSG_CTRUNC", MSG_CTRUNC},
#endif
#ifdef MSG_DONTROUTE
    {"MSG_DONTROUTE", MSG_DONTROUTE},
#endif
#ifdef MSG_DONTWAIT
    {"MSG_DONTWAIT", MSG_DONTWAIT},
#endif
#ifdef MSG_EOR
    {"MSG_EOR", MSG_EOR},
#endif
#ifdef MSG_ERRQUEUE
    {"MSG_ERRQUEUE", MSG_ERRQUEUE},
#endif
#ifdef MSG_FASTOPEN
    {"MSG_FASTOPEN", MSG_FASTOPEN},
#endif
#ifdef MSG_FIN
    {"MSG_FIN", MSG_FIN},
#endif
#ifdef MSG_MORE
    {"MSG_MORE", MSG_MORE},
#endif
#ifdef MSG_NOSIGNAL
    {"MSG_NOSIGNAL", MSG_NOSIGNAL},
#endif
#ifdef MSG_OOB
    {"MSG_OOB", MSG_OOB},
#endif
#ifdef MSG_PEEK
    {"MSG_PEEK", MSG_PEEK},
#endif
#ifdef MSG_PROXY
    {"MSG_PROXY", MSG_PROXY},
#endif
#ifdef MSG_RST
    {"MSG_RST", MSG_RST},
#endif
#ifdef MSG_SOCK_DEVMEM
    {"MSG_SOCK_DEVMEM", MSG_SOCK_DEVMEM},
#endif
#ifdef MSG_SPLICE_PAGES
    {"MSG_SPLICE_PAGES", MSG_SPLICE_PAGES},
#endif
#ifdef MSG_SYN
    {"MSG_SYN", MSG_SYN},
#endif
#ifdef MSG_TRUNC
    {"MSG_TRUNC", MSG_TRUNC},
#endif
#ifdef MSG_TRYHARD
    {"MSG_TRYHARD", MSG_TRYHARD},
#endif
#ifdef MSG_WAITALL
    {"MSG_WAITALL", MSG_WAITALL},
#endif
#ifdef MSG_WAITFORONE
    {"MSG_WAITFORONE", MSG_WAITFORONE},
#endif
#ifdef MSG_ZEROCOPY
    {"MSG_ZEROCOPY", MSG_ZEROCOPY},
#endif
    // ---- Control messages
#ifdef SCM_CREDENTIALS
    {"SCM_CREDENTIALS", SCM_CREDENTIALS},
#endif
#ifdef SCM_INQ
    {"SCM_INQ", SCM_INQ},
#endif
#ifdef SCM_PIDFD
    {"SCM_PIDFD", SCM_PIDFD},
#endif
#ifdef SCM_RIGHTS
    {"SCM_RIGHTS", SCM_RIGHTS},
#endif
#ifdef SCM_SECURITY
    {"SCM_SECURITY", SCM_SECURITY},
#endif
#ifdef SCM_TIMESTAMP
    {"SCM_TIMESTAMP", SCM_TIMESTAMP},
#endif
#ifdef SCM_TIMESTAMPING
    {"SCM_TIMESTAMPING", SCM_TIMESTAMPING},
#endif
#ifdef SCM_TIMESTAMPING_OPT_STATS
    {"SCM_TIMESTAMPING_OPT_STATS", SCM_TIMESTAMPING_OPT_STATS},
#endif
#ifdef SCM_TIMESTAMPING_PKTINFO
    {"SCM_TIMESTAMPING_PKTINFO", SCM_TIMESTAMPING_PKTINFO},
#endif
#ifdef SCM_TIMESTAMPNS
    {"SCM_TIMESTAMPNS", SCM_TIMESTAMPNS},
#endif
#ifdef SCM_TS_OPT_ID
    {"SCM_TS_OPT_ID", SCM_TS_OPT_ID},
#endif
#ifdef SCM_TXTIME
    {"SCM_TXTIME", SCM_TXTIME},
#endif
#ifdef SCM_WIFI_STATUS
    {"SCM_WIFI_STATUS", SCM_WIFI_STATUS},
#endif
    // ---- shutdown(2)
#ifdef SHUT_RD
    {"SHUT_RD", SHUT_RD},
#endif
#ifdef SHUT_RDWR
    {"SHUT_RDWR", SHUT_RDWR},
#endif
#ifdef SHUT_WR
    {"SHUT_WR", SHUT_WR},
#endif
    // ---- Socket types and their flags
#ifdef SOCK_CLOEXEC
    {"SOCK_CLOEXEC", SOCK_CLOEXEC},
#endif
#ifdef SOCK_DCCP
    {"SOCK_DCCP", SOCK_DCCP},
#endif
#ifdef SOCK_DGRAM
    {"SOCK_DGRAM", SOCK_DGRAM},
#endif
#ifdef SOCK_NONBLOCK
    {"SOCK_NONBLOCK", SOCK_NONBLOCK},
#endif
#ifdef SOCK_PACKET
    {"SOCK_PACKET", SOCK_PACKET},
#endif
#ifdef SOCK_RAW
    {"SOCK_RAW", SOCK_RAW},
#endif
#ifdef SOCK_RDM
    {"SOCK_RDM", SOCK_RDM},
#endif
#ifdef SOCK_SEQPACKET
    {"SOCK_SEQPACKET", SOCK_SEQPACKET},
#endif
#ifdef SOCK_STREAM
    {"SOCK_STREAM", SOCK_STREAM},
#endif
    // ---- Option levels
#ifdef SOL_AAL
    {"SOL_AAL", SOL_AAL},
#endif
#ifdef SOL_ALG
    {"SOL_ALG", SOL_ALG},
#endif
#ifdef SOL_ATM
    {"SOL_ATM", SOL_ATM},
#endif
#ifdef SOL_BLUETOOTH
    {"SOL_BLUETOOTH", SOL_BLUETOOTH},
#endif
#ifdef SOL_CAIF
    {"SOL_CAIF", SOL_CAIF},
#endif
#ifdef SOL_CAN_BASE
    {"SOL_CAN_BASE", SOL_CAN_BASE},
#endif
#ifdef SOL_CAN_RAW
    {"SOL_CAN_RAW", SOL_CAN_RAW},
#endif
#ifdef SOL_DCCP
    {"SOL_DCCP", SOL_DCCP},
#endif
#ifdef SOL_DECNET
    {"SOL_DECNET", SOL_DECNET},
#endif
#ifdef SOL_IRDA
    {"SOL_IRDA", SOL_IRDA},
#endif
#ifdef SOL_IUCV
    {"SOL_IUCV", SOL_IUCV},
#endif
#ifdef SOL_KCM
    {"SOL_KCM", SOL_KCM},
#endif
#ifdef SOL_LLC
    {"SOL_LLC", SOL_LLC},
#endif
#ifdef SOL_MCTP
    {"SOL_MCTP", SOL_MCTP},
#endif
#ifdef SOL_MPTCP
    {"SOL_MPTCP", SOL_MPTCP},
#endif
#ifdef SOL_NETBEUI
    {"SOL_NETBEUI", SOL_NETBEUI},
#endif
#ifdef SOL_NETLINK
    {"SOL_NETLINK", SOL_NETLINK},
#endif
#ifdef SOL_NFC
    {"SOL_NFC", SOL_NFC},
#endif
#ifdef SOL_PACKET
    {"SOL_PACKET", SOL_PACKET},
#endif
#ifdef SOL_PNPIPE
    {"SOL_PNPIPE", SOL_PNPIPE},
#endif
#ifdef SOL_PPPOL2TP
    {"SOL_PPPOL2TP", SOL_PPPOL2TP},
#endif
#ifdef SOL_RAW
    {"SOL_RAW", SOL_RAW},
#endif
#ifdef SOL_RDS
    {"SOL_RDS", SOL_RDS},
#endif
#ifdef SOL_RXRPC
    {"SOL_RXRPC", SOL_RXRPC},
#endif
#ifdef SOL_SMC
    {"SOL_SMC", SOL_SMC},
#endif
#ifdef SOL_SOCKET
    {"SOL_SOCKET", SOL_SOCKET},
#endif
#ifdef SOL_TIPC
    {"SOL_TIPC", SOL_TIPC},
#endif
#ifdef SOL_TLS
    {"SOL_TLS", SOL_TLS},
#endif
#ifdef SOL_VSOCK
    {"SOL_VSOCK", SOL_VSOCK},
#endif
#ifdef SOL_X25
    {"SOL_X25", SOL_X25},
#endif
#ifdef SOL_XDP
    {"SOL_XDP", SOL_XDP},
#endif
    // ---- Options of SOL_SOCKET
#ifdef SOCK_BUF_LOCK_MASK
    {"SOCK_BUF_LOCK_MASK", SOCK_BUF_LOCK_MASK},
#endif
#ifdef SOCK_RCVBUF_LOCK
    {"SOCK_RCVBUF_LOCK", SOCK_RCVBUF_LOCK},
#endif
#ifdef SOCK_SNDBUF_LOCK
    {"SOCK_SNDBUF_LOCK", SOCK_SNDBUF_LOCK},
#endif
#ifdef SOCK_TXREHASH_DEFAULT
    {"SOCK_TXREHASH_DEFAULT", SOCK_TXREHASH_DEFAULT},
#endif
#ifdef SOCK_TXREHASH_DISABLED
    {"SOCK_TXREHASH_DISABLED", SOCK_TXREHASH_DISABLED},
#endif
#ifdef SOCK_TXREHASH_ENABLED
    {"SOCK_TXREHASH_ENABLED", SOCK_TXREHASH_ENABLED},
#endif
#ifdef SO_ACCEPTCONN
    {"SO_ACCEPTCONN", SO_ACCEPTCONN},
#endif
#ifdef SO_ATTACH_BPF
    {"SO_ATTACH_BPF", SO_ATTACH_BPF},
#endif
#ifdef SO_ATTACH_FILTER
    {"SO_ATTACH_FILTER", SO_ATTACH_FILTER},
#endif
#ifdef SO_ATTACH_REUSEPORT_CBPF
    {"SO_ATTACH_REUSEPORT_CBPF", SO_ATTACH_REUSEPORT_CBPF},
#endif
#ifdef SO_ATTACH_REUSEPORT_EBPF
    {"SO_ATTACH_REUSEPORT_EBPF", SO_ATTACH_REUSEPORT_EBPF},
#endif
#ifdef SO_BINDTODEVICE
    {"SO_BINDTODEVICE", SO_BINDTODEVICE},
#endif
#ifdef SO_BINDTOIFINDEX
    {"SO_BINDTOIFINDEX", SO_BINDTOIFINDEX},
#endif
#ifdef SO_BPF_EXTENSIONS
    {"SO_BPF_EXTENSIONS", SO_BPF_EXTENSIONS},
#endif
#ifdef SO_BROADCAST
    {"SO_BROADCAST", SO_BROADCAST},
#endif
#ifdef SO_BSDCOMPAT
    {"SO_BSDCOMPAT", SO_BSDCOMPAT},
#endif
#ifdef SO_BUF_LOCK
    {"SO_BUF_LOCK", SO_BUF_LOCK},
#endif
#ifdef SO_BUSY_POLL
    {"SO_BUSY_POLL", SO_BUSY_POLL},
#endif
#ifdef SO_BUSY_POLL_BUDGET
    {"SO_BUSY_POLL_BUDGET", SO_BUSY_POLL_BUDGET},
#endif
#ifdef SO_CNX_ADVICE
    {"SO_CNX_ADVICE", SO_CNX_ADVICE},
#endif
#ifdef SO_COOKIE
    {"SO_COOKIE", SO_COOKIE},
#endif
#ifdef SO_DEBUG
    {"SO_DEBUG", SO_DEBUG},
#endif
#ifdef SO_DETACH_BPF
    {"SO_DETACH_BPF", SO_DETACH_BPF},
#endif
#ifdef SO_DETACH_FILTER
    {"SO_DETACH_FILTER", SO_DETACH_FILTER},
#endif
#ifdef SO_DETACH_REUSEPORT_BPF
    {"SO_DETACH_REUSEPORT_BPF", SO_DETACH_REUSEPORT_BPF},
#endif
#ifdef SO_DEVMEM_DMABUF
    {"SO_DEVMEM_DMABUF", SO_DEVMEM_DMABUF},
#endif
#ifdef SO_DEVMEM_DONTNEED
    {"SO_DEVMEM_DONTNEED", SO_DEVMEM_DONTNEED},
#endif
#ifdef SO_DEVMEM_LINEAR
    {"SO_DEVMEM_LINEAR", SO_DEVMEM_LINEAR},
#endif
#ifdef SO_DOMAIN
    {"SO_DOMAIN", SO_DOMAIN},
#endif
#ifdef SO_DONTROUTE
    {"SO_DONTROUTE", SO_DONTROUTE},
#endif
#ifdef SO_ERROR
    {"SO_ERROR", SO_ERROR},
#endif
#ifdef SO_GET_FILTER
    {"SO_GET_FILTER", SO_GET_FILTER},
#endif
#ifdef SO_INCOMING_CPU
    {"SO_INCOMING_CPU", SO_INCOMING_CPU},
#endif
#ifdef SO_INCOMING_NAPI_ID
    {"SO_INCOMING_NAPI_ID", SO_INCOMING_NAPI_ID},
#endif
#ifdef SO_INQ
    {"SO_INQ", SO_INQ},
#endif
#ifdef SO_KEEPALIVE
    {"SO_KEEPALIVE", SO_KEEPALIVE},
#endif
#ifdef SO_LINGER
    {"SO_LINGER", SO_LINGER},
#endif
#ifdef SO_LOCK_FILTER
    {"SO_LOCK_FILTER", SO_LOCK_FILTER},
#endif
#ifdef SO_MARK
    {"SO_MARK", SO_MARK},
#endif
#ifdef SO_MAX_PACING_RATE
    {"SO_MAX_PACING_RATE", SO_MAX_PACING_RATE},
#endif
#ifdef SO_MEMINFO
    {"SO_MEMINFO", SO_MEMINFO},
#endif
#ifdef SO_NETNS_COOKIE
    {"SO_NETNS_COOKIE", SO_NETNS_COOKIE},
#endif
#ifdef SO_NOFCS
    {"SO_NOFCS", SO_NOFCS},
#endif
#ifdef SO_NO_CHECK
    {"SO_NO_CHECK", SO_NO_CHECK},
#endif
#ifdef SO_OOBINLINE
    {"SO_OOBINLINE", SO_OOBINLINE},
#endif
#ifdef SO_PASSCRED
    {"SO_PASSCRED", SO_PASSCRED},
#endif
#ifdef SO_PASSPIDFD
    {"SO_PASSPIDFD", SO_PASSPIDFD},
#endif
#ifdef SO_PASSRIGHTS
    {"SO_PASSRIGHTS", SO_PASSRIGHTS},
#endif
#ifdef SO_PASSSEC
    {"SO_PASSSEC", SO_PASSSEC},
#endif
#ifdef SO_PEEK_OFF
    {"SO_PEEK_OFF", SO_PEEK_OFF},
#endif
#ifdef SO_PEERCRED
    {"SO_PEERCRED", SO_PEERCRED},
#endif
#ifdef SO_PEERGROUPS
    {"SO_PEERGROUPS", SO_PEERGROUPS},
#endif
#ifdef SO_PEERNAME
    {"SO_PEERNAME", SO_PEERNAME},
#endif
#ifdef SO_PEERPIDFD
    {"SO_PEERPIDFD", SO_PEERPIDFD},
#endif
#ifdef SO_PEERSEC
    {"SO_PEERSEC", SO_PEERSEC},
#endif
#ifdef SO_PREFER_BUSY_POLL
    {"SO_PREFER_BUSY_POLL", SO_PREFER_BUSY_POLL},
#endif
#ifdef SO_PRIORITY
    {"SO_PRIORITY", SO_PRIORITY},
#endif
#ifdef SO_PROTOCOL
    {"SO_PROTOCOL", SO_PROTOCOL},
#endif
#ifdef SO_RCVBUF
    {"SO_RCVBUF", SO_RCVBUF},
#endif
#ifdef SO_RCVBUFFORCE
    {"SO_RCVBUFFORCE", SO_RCVBUFFORCE},
#endif
#ifdef SO_RCVLOWAT
    {"SO_RCVLOWAT", SO_RCVLOWAT},
#endif
#ifdef SO_RCVMARK
    {"SO_RCVMARK", SO_RCVMARK},
#endif
#ifdef SO_RCVPRIORITY
    {"SO_RCVPRIORITY", SO_RCVPRIORITY},
#endif
#ifdef SO_RCVTIMEO
    {"SO_RCVTIMEO", SO_RCVTIMEO},
#endif
#ifdef SO_RCVTIMEO_NEW
    {"SO_RCVTIMEO_NEW", SO_RCVTIMEO_NEW},
#endif
#ifdef SO_RCVTIMEO_OLD
    {"SO_RCVTIMEO_OLD", SO_RCVTIMEO_OLD},
#endif
#ifdef SO_RESERVE_MEM
    {"SO_RESERVE_MEM", SO_RESERVE_MEM},
#endif
#ifdef SO_REUSEADDR
    {"SO_REUSEADDR", SO_REUSEADDR},
#endif
#ifdef SO_REUSEPORT
    {"SO_REUSEPORT", SO_REUSEPORT},
#endif
#ifdef SO_RXQ_OVFL
    {"SO_RXQ_OVFL", SO_RXQ_OVFL},
#endif
#ifdef SO_SECURITY_AUTHENTICATION
    {"SO_SECURITY_AUTHENTICATION", SO_SECURITY_AUTHENTICATION},
#endif
#ifdef SO_SECURITY_ENCRYPTION_NETWORK
    {"SO_SECURITY_ENCRYPTION_NETWORK", SO_SECURITY_ENCRYPTION_NETWORK},
#endif
#ifdef SO_SECURITY_ENCRYPTION_TRANSPORT
    {"SO_SECURITY_ENCRYPTION_TRANSPORT", SO_SECURITY_ENCRYPTION_TRANSPORT},
#endif
#ifdef SO_SELECT_ERR_QUEUE
    {"SO_SELECT_ERR_QUEUE", SO_SELECT_ERR_QUEUE},
#endif
#ifdef SO_SNDBUF
    {"SO_SNDBUF", SO_SNDBUF},
#endif
#ifdef SO_SNDBUFFORCE
    {"SO_SNDBUFFORCE", SO_SNDBUFFORCE},
#endif
#ifdef SO_SNDLOWAT
    {"SO_SNDLOWAT", SO_SNDLOWAT},
#endif
#ifdef SO_SNDTIMEO
    {"SO_SNDTIMEO", SO_SNDTIMEO},
#endif
#ifdef SO_SNDTIMEO_NEW
    {"SO_SNDTIMEO_NEW", SO_SNDTIMEO_NEW},
#endif
#ifdef SO_SNDTIMEO_OLD
    {"SO_SNDTIMEO_OLD", SO_SNDTIMEO_OLD},
#endif
#ifdef SO_TIMESTAMP
    {"SO_TIMESTAMP", SO_TIMESTAMP},
#endif
#ifdef SO_TIMESTAMPING
    {"SO_TIMESTAMPING", SO_TIMESTAMPING},
#endif
#ifdef SO_TIMESTAMPING_NEW
    {"SO_TIMESTAMPING_NEW", SO_TIMESTAMPING_NEW},
#endif
#ifdef SO_TIMESTAMPING_OLD
    {"SO_TIMESTAMPING_OLD", SO_TIMESTAMPING_OLD},
#endif
#ifdef SO_TIMESTAMPNS
    {"SO_TIMESTAMPNS", SO_TIMESTAMPNS},
#endif
#ifdef SO_TIMESTAMPNS_NEW
    {"SO_TIMESTAMPNS_NEW", SO_TIMESTAMPNS_NEW},
#endif
#ifdef SO_TIMESTAMPNS_OLD
    {"SO_TIMESTAMPNS_OLD", SO_TIMESTAMPNS_OLD},
#endif
#ifdef SO_TIMESTAMP_NEW
    {"SO_TIMESTAMP_NEW", SO_TIMESTAMP_NEW},
#endif
#ifdef SO_TIMESTAMP_OLD
    {"SO_TIMESTAMP_OLD", SO_TIMESTAMP_OLD},
#endif
#ifdef SO_TXREHASH
    {"SO_TXREHASH", SO_TXREHASH},
#endif
#ifdef SO_TXTIME
    {"SO_TXTIME", SO_TXTIME},
#endif
#ifdef SO_TYPE
    {"SO_TYPE", SO_TYPE},
#endif
#ifdef SO_WIFI_STATUS
    {"SO_WIFI_STATUS", SO_WIFI_STATUS},
#endif
#ifdef SO_ZEROCOPY
    {"SO_ZEROCOPY", SO_ZEROCOPY},
#endif
    // ---- Origins of an extended error
#ifdef SO_EE_CODE_TXTIME_INVALID_PARAM
    {"SO_EE_CODE_TXTIME_INVALID_PARAM", SO_EE_CODE_TXTIME_INVALID_PARAM},
#endif
#ifdef SO_EE_CODE_TXTIME_MISSED
    {"SO_EE_CODE_TXTIME_MISSED", SO_EE_CODE_TXTIME_MISSED},
#endif
#ifdef SO_EE_CODE_ZEROCOPY_COPIED
    {"SO_EE_CODE_ZEROCOPY_COPIED", SO_EE_CODE_ZEROCOPY_COPIED},
#endif
#ifdef SO_EE_ORIGIN_ICMP
    {"SO_EE_ORIGIN_ICMP", SO_EE_ORIGIN_ICMP},
#endif
#ifdef SO_EE_ORIGIN_ICMP6
    {"SO_EE_ORIGIN_ICMP6", SO_EE_ORIGIN_ICMP6},
#endif
#ifdef SO_EE_ORIGIN_LOCAL
    {"SO_EE_ORIGIN_LOCAL", SO_EE_ORIGIN_LOCAL},
#endif
#ifdef SO_EE_ORIGIN_NONE
    {"SO_EE_ORIGIN_NONE", SO_EE_ORIGIN_NONE},
#endif
#ifdef SO_EE_ORIGIN_TIMESTAMPING
    {"SO_EE_ORIGIN_TIMESTAMPING", SO_EE_ORIGIN_TIMESTAMPING},
#endif
#ifdef SO_EE_ORIGIN_TXSTATUS
    {"SO_EE_ORIGIN_TXSTATUS", SO_EE_ORIGIN_TXSTATUS},
#endif
#ifdef SO_EE_ORIGIN_TXTIME
    {"SO_EE_ORIGIN_TXTIME", SO_EE_ORIGIN_TXTIME},
#endif
#ifdef SO_EE_ORIGIN_ZEROCOPY
    {"SO_EE_ORIGIN_ZEROCOPY", SO_EE_ORIGIN_ZEROCOPY},
#endif
#ifdef SO_EE_RFC4884_FLAG_INVALID
    {"SO_EE_RFC4884_FLAG_INVALID", SO_EE_RFC4884_FLAG_INVALID},
#endif
    // ---- Limits
#ifdef IOV_MAX
    {"IOV_MAX", IOV_MAX},
#endif
#ifdef SOMAXCONN
    {"SOMAXCONN", SOMAXCONN},
#endif
#ifdef UNIX_PATH_MAX
    {"UNIX_PATH_MAX", UNIX_PATH_MAX},
#endif
    // ---- ioctl(2) of sockets
#ifdef FIOASYNC
    {"FIOASYNC", FIOASYNC},
#endif
#ifdef FIOGETOWN
    {"FIOGETOWN", FIOGETOWN},
#endif
#ifdef FIONBIO
    {"FIONBIO", FIONBIO},
#endif
#ifdef FIONREAD
    {"FIONREAD", FIONREAD},
#endif
#ifdef FIOSETOWN
    {"FIOSETOWN", FIOSETOWN},
#endif
#ifdef SIOCATMARK
    {"SIOCATMARK", SIOCATMARK},
#endif
#ifdef SIOCGPGRP
    {"SIOCGPGRP", SIOCGPGRP},
#endif
#ifdef SIOCGSTAMP
    {"SIOCGSTAMP", SIOCGSTAMP},
#endif
#ifdef SIOCGSTAMPNS
    {"SIOCGSTAMPNS", SIOCGSTAMPNS},
#endif
#ifdef SIOCINQ
    {"SIOCINQ", SIOCINQ},
#endif
#ifdef SIOCOUTQ
    {"SIOCOUTQ", SIOCOUTQ},
#endif
#ifdef SIOCOUTQNSD
    {"SIOCOUTQNSD", SIOCOUTQNSD},
#endif
#ifdef SIOCSPGRP
    {"SIOCSPGRP", SIOCSPGRP},
#endif
#ifdef SIOCUNIXFILE
    {"SIOCUNIXFILE", SIOCUNIXFILE},
#endif
    // ---- Flags of SO_TIMESTAMPING, which the header has as an enum
    {"SOF_TIMESTAMPING_OPT_CMSG", SOF_TIMESTAMPING_OPT_CMSG},
    {"SOF_TIMESTAMPING_OPT_ID", SOF_TIMESTAMPING_OPT_ID},
    {"SOF_TIMESTAMPING_OPT_PKTINFO", SOF_TIMESTAMPING_OPT_PKTINFO},
    {"SOF_TIMESTAMPING_OPT_STATS", SOF_TIMESTAMPING_OPT_STATS},
    {"SOF_TIMESTAMPING_OPT_TSONLY", SOF_TIMESTAMPING_OPT_TSONLY},
    {"SOF_TIMESTAMPING_OPT_TX_SWHW", SOF_TIMESTAMPING_OPT_TX_SWHW},
    {"SOF_TIMESTAMPING_RAW_HARDWARE", SOF_TIMESTAMPING_RAW_HARDWARE},
    {"SOF_TIMESTAMPING_RX_HARDWARE", SOF_TIMESTAMPING_RX_HARDWARE},
    {"SOF_TIMESTAMPING_RX_SOFTWARE", SOF_TIMESTAMPING_RX_SOFTWARE},
    {"SOF_TIMESTAMPING_SOFTWARE", SOF_TIMESTAMPING_SOFTWARE},
    {"SOF_TIMESTAMPING_SYS_HARDWARE", SOF_TIMESTAMPING_SYS_HARDWARE},
    {"SOF_TIMESTAMPING_TX_ACK", SOF_TIMESTAMPING_TX_ACK},
    {"SOF_TIMESTAMPING_TX_HARDWARE", SOF_TIMESTAMPING_TX_HARDWARE},
    {"SOF_TIMESTAMPING_TX_SCHED", SOF_TIMESTAMPING_TX_SCHED},
    {"SOF_TIMESTAMPING_TX_SOFTWARE", SOF_TIMESTAMPING_TX_SOFTWARE},
    // ---- Commands of fcntl(2) for signals: socket(7)
#ifdef F_GETOWN
    {"F_GETOWN", F_GETOWN},
#endif
#ifdef F_GETSIG
    {"F_GETSIG", F_GETSIG},
#endif
#ifdef F_SETOWN
    {"F_SETOWN", F_SETOWN},
#endif
#ifdef F_SETSIG
    {"F_SETSIG", F_SETSIG},
#endif
    {nullptr, 0},
};
