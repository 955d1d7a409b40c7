// Owns the constants of netlink messages: their types and flags (netlink(7), rtnetlink(7)). Attributes have none: they are no macros.
// A name that the headers lack is absent, hence a condition for each; alphabetical.
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "constants.h"

const Constant netlink_constants[] = {
#ifdef NLMSG_DONE
    {"NLMSG_DONE", NLMSG_DONE},
#endif
#ifdef NLMSG_ERROR
    {"NLMSG_ERROR", NLMSG_ERROR},
#endif
#ifdef NLMSG_MIN_TYPE
    {"NLMSG_MIN_TYPE", NLMSG_MIN_TYPE},
#endif
#ifdef NLMSG_NOOP
    {"NLMSG_NOOP", NLMSG_NOOP},
#endif
#ifdef NLMSG_OVERRUN
    {"NLMSG_OVERRUN", NLMSG_OVERRUN},
#endif
#ifdef NLM_F_ACK
    {"NLM_F_ACK", NLM_F_ACK},
#endif
#ifdef NLM_F_ACK_TLVS
    {"NLM_F_ACK_TLVS", NLM_F_ACK_TLVS},
#endif
#ifdef NLM_F_APPEND
    {"NLM_F_APPEND", NLM_F_APPEND},
#endif
#ifdef NLM_F_ATOMIC
    {"NLM_F_ATOMIC", NLM_F_ATOMIC},
#endif
#ifdef NLM_F_BULK
    {"NLM_F_BULK", NLM_F_BULK},
#endif
#ifdef NLM_F_CAPPED
    {"NLM_F_CAPPED", NLM_F_CAPPED},
#endif
#ifdef NLM_F_CREATE
    {"NLM_F_CREATE", NLM_F_CREATE},
#endif
#ifdef NLM_F_DUMP
    {"NLM_F_DUMP", NLM_F_DUMP},
#endif
#ifdef NLM_F_DUMP_FILTERED
    {"NLM_F_DUMP_FILTERED", NLM_F_DUMP_FILTERED},
#endif
#ifdef NLM_F_DUMP_INTR
    {"NLM_F_DUMP_INTR", NLM_F_DUMP_INTR},
#endif
#ifdef NLM_F_ECHO
    {"NLM_F_ECHO", NLM_F_ECHO},
#endif
#ifdef NLM_F_EXCL
    {"NLM_F_EXCL", NLM_F_EXCL},
#endif
#ifdef NLM_F_MATCH
    {"NLM_F_MATCH", NLM_F_MATCH},
#endif
#ifdef NLM_F_MULTI
    {"NLM_F_MULTI", NLM_F_MULTI},
#endif
#ifdef NLM_F_NONREC
    {"NLM_F_NONREC", NLM_F_NONREC},
#endif
#ifdef NLM_F_REPLACE
    {"NLM_F_REPLACE", NLM_F_REPLACE},
#endif
#ifdef NLM_F_REQUEST
    {"NLM_F_REQUEST", NLM_F_REQUEST},
#endif
#ifdef NLM_F_ROOT
    {"NLM_F_ROOT", NLM_F_ROOT},
#endif
#ifdef RTM_DELACTION
    {"RTM_DELACTION", RTM_DELACTION},
#endif
#ifdef RTM_DELADDR
    {"RTM_DELADDR", RTM_DELADDR},
#endif
#ifdef RTM_DELADDRLABEL
    {"RTM_DELADDRLABEL", RTM_DELADDRLABEL},
#endif
#ifdef RTM_DELCHAIN
    {"RTM_DELCHAIN", RTM_DELCHAIN},
#endif
#ifdef RTM_DELLINK
    {"RTM_DELLINK", RTM_DELLINK},
#endif
#ifdef RTM_DELLINKPROP
    {"RTM_DELLINKPROP", RTM_DELLINKPROP},
#endif
#ifdef RTM_DELMDB
    {"RTM_DELMDB", RTM_DELMDB},
#endif
#ifdef RTM_DELNEIGH
    {"RTM_DELNEIGH", RTM_DELNEIGH},
#endif
#ifdef RTM_DELNETCONF
    {"RTM_DELNETCONF", RTM_DELNETCONF},
#endif
#ifdef RTM_DELNEXTHOP
    {"RTM_DELNEXTHOP", RTM_DELNEXTHOP},
#endif
#ifdef RTM_DELNEXTHOPBUCKET
    {"RTM_DELNEXTHOPBUCKET", RTM_DELNEXTHOPBUCKET},
#endif
#ifdef RTM_DELNSID
    {"RTM_DELNSID", RTM_DELNSID},
#endif
#ifdef RTM_DELQDISC
    {"RTM_DELQDISC", RTM_DELQDISC},
#endif
#ifdef RTM_DELROUTE
    {"RTM_DELROUTE", RTM_DELROUTE},
#endif
#ifdef RTM_DELRULE
    {"RTM_DELRULE", RTM_DELRULE},
#endif
#ifdef RTM_DELTCLASS
    {"RTM_DELTCLASS", RTM_DELTCLASS},
#endif
#ifdef RTM_DELTFILTER
    {"RTM_DELTFILTER", RTM_DELTFILTER},
#endif
#ifdef RTM_DELTUNNEL
    {"RTM_DELTUNNEL", RTM_DELTUNNEL},
#endif
#ifdef RTM_DELVLAN
    {"RTM_DELVLAN", RTM_DELVLAN},
#endif
#ifdef RTM_F_CLONED
    {"RTM_F_CLONED", RTM_F_CLONED},
#endif
#ifdef RTM_F_EQUALIZE
    {"RTM_F_EQUALIZE", RTM_F_EQUALIZE},
#endif
#ifdef RTM_F_FIB_MATCH
    {"RTM_F_FIB_MATCH", RTM_F_FIB_MATCH},
#endif
#ifdef RTM_F_LOOKUP_TABLE
    {"RTM_F_LOOKUP_TABLE", RTM_F_LOOKUP_TABLE},
#endif
#ifdef RTM_F_NOTIFY
    {"RTM_F_NOTIFY", RTM_F_NOTIFY},
#endif
#ifdef RTM_F_OFFLOAD
    {"RTM_F_OFFLOAD", RTM_F_OFFLOAD},
#endif
#ifdef RTM_F_OFFLOAD_FAILED
    {"RTM_F_OFFLOAD_FAILED", RTM_F_OFFLOAD_FAILED},
#endif
#ifdef RTM_F_PREFIX
    {"RTM_F_PREFIX", RTM_F_PREFIX},
#endif
#ifdef RTM_F_TRAP
    {"RTM_F_TRAP", RTM_F_TRAP},
#endif
#ifdef RTM_GETACTION
    {"RTM_GETACTION", RTM_GETACTION},
#endif
#ifdef RTM_GETADDR
    {"RTM_GETADDR", RTM_GETADDR},
#endif
#ifdef RTM_GETADDRLABEL
    {"RTM_GETADDRLABEL", RTM_GETADDRLABEL},
#endif
#ifdef RTM_GETANYCAST
    {"RTM_GETANYCAST", RTM_GETANYCAST},
#endif
#ifdef RTM_GETCHAIN
    {"RTM_GETCHAIN", RTM_GETCHAIN},
#endif
#ifdef RTM_GETDCB
    {"RTM_GETDCB", RTM_GETDCB},
#endif
#ifdef RTM_GETLINK
    {"RTM_GETLINK", RTM_GETLINK},
#endif
#ifdef RTM_GETLINKPROP
    {"RTM_GETLINKPROP", RTM_GETLINKPROP},
#endif
#ifdef RTM_GETMDB
    {"RTM_GETMDB", RTM_GETMDB},
#endif
#ifdef RTM_GETMULTICAST
    {"RTM_GETMULTICAST", RTM_GETMULTICAST},
#endif
#ifdef RTM_GETNEIGH
    {"RTM_GETNEIGH", RTM_GETNEIGH},
#endif
#ifdef RTM_GETNEIGHTBL
    {"RTM_GETNEIGHTBL", RTM_GETNEIGHTBL},
#endif
#ifdef RTM_GETNETCONF
    {"RTM_GETNETCONF", RTM_GETNETCONF},
#endif
#ifdef RTM_GETNEXTHOP
    {"RTM_GETNEXTHOP", RTM_GETNEXTHOP},
#endif
#ifdef RTM_GETNEXTHOPBUCKET
    {"RTM_GETNEXTHOPBUCKET", RTM_GETNEXTHOPBUCKET},
#endif
#ifdef RTM_GETNSID
    {"RTM_GETNSID", RTM_GETNSID},
#endif
#ifdef RTM_GETQDISC
    {"RTM_GETQDISC", RTM_GETQDISC},
#endif
#ifdef RTM_GETROUTE
    {"RTM_GETROUTE", RTM_GETROUTE},
#endif
#ifdef RTM_GETRULE
    {"RTM_GETRULE", RTM_GETRULE},
#endif
#ifdef RTM_GETSTATS
    {"RTM_GETSTATS", RTM_GETSTATS},
#endif
#ifdef RTM_GETTCLASS
    {"RTM_GETTCLASS", RTM_GETTCLASS},
#endif
#ifdef RTM_GETTFILTER
    {"RTM_GETTFILTER", RTM_GETTFILTER},
#endif
#ifdef RTM_GETTUNNEL
    {"RTM_GETTUNNEL", RTM_GETTUNNEL},
#endif
#ifdef RTM_GETVLAN
    {"RTM_GETVLAN", RTM_GETVLAN},
#endif
#ifdef RTM_NEWACTION
    {"RTM_NEWACTION", RTM_NEWACTION},
#endif
#ifdef RTM_NEWADDR
    {"RTM_NEWADDR", RTM_NEWADDR},
#endif
#ifdef RTM_NEWADDRLABEL
    {"RTM_NEWADDRLABEL", RTM_NEWADDRLABEL},
#endif
#ifdef RTM_NEWCACHEREPORT
    {"RTM_NEWCACHEREPORT", RTM_NEWCACHEREPORT},
#endif
#ifdef RTM_NEWCHAIN
    {"RTM_NEWCHAIN", RTM_NEWCHAIN},
#endif
#ifdef RTM_NEWLINK
    {"RTM_NEWLINK", RTM_NEWLINK},
#endif
#ifdef RTM_NEWLINKPROP
    {"RTM_NEWLINKPROP", RTM_NEWLINKPROP},
#endif
#ifdef RTM_NEWMDB
    {"RTM_NEWMDB", RTM_NEWMDB},
#endif
#ifdef RTM_NEWNDUSEROPT
    {"RTM_NEWNDUSEROPT", RTM_NEWNDUSEROPT},
#endif
#ifdef RTM_NEWNEIGH
    {"RTM_NEWNEIGH", RTM_NEWNEIGH},
#endif
#ifdef RTM_NEWNEIGHTBL
    {"RTM_NEWNEIGHTBL", RTM_NEWNEIGHTBL},
#endif
#ifdef RTM_NEWNETCONF
    {"RTM_NEWNETCONF", RTM_NEWNETCONF},
#endif
#ifdef RTM_NEWNEXTHOP
    {"RTM_NEWNEXTHOP", RTM_NEWNEXTHOP},
#endif
#ifdef RTM_NEWNEXTHOPBUCKET
    {"RTM_NEWNEXTHOPBUCKET", RTM_NEWNEXTHOPBUCKET},
#endif
#ifdef RTM_NEWNSID
    {"RTM_NEWNSID", RTM_NEWNSID},
#endif
#ifdef RTM_NEWPREFIX
    {"RTM_NEWPREFIX", RTM_NEWPREFIX},
#endif
#ifdef RTM_NEWQDISC
    {"RTM_NEWQDISC", RTM_NEWQDISC},
#endif
#ifdef RTM_NEWROUTE
    {"RTM_NEWROUTE", RTM_NEWROUTE},
#endif
#ifdef RTM_NEWRULE
    {"RTM_NEWRULE", RTM_NEWRULE},
#endif
#ifdef RTM_NEWSTATS
    {"RTM_NEWSTATS", RTM_NEWSTATS},
#endif
#ifdef RTM_NEWTCLASS
    {"RTM_NEWTCLASS", RTM_NEWTCLASS},
#endif
#ifdef RTM_NEWTFILTER
    {"RTM_NEWTFILTER", RTM_NEWTFILTER},
#endif
#ifdef RTM_NEWTUNNEL
    {"RTM_NEWTUNNEL", RTM_NEWTUNNEL},
#endif
#ifdef RTM_NEWVLAN
    {"RTM_NEWVLAN", RTM_NEWVLAN},
#endif
#ifdef RTM_SETDCB
    {"RTM_SETDCB", RTM_SETDCB},
#endif
#ifdef RTM_SETLINK
    {"RTM_SETLINK", RTM_SETLINK},
#endif
#ifdef RTM_SETNEIGHTBL
    {"RTM_SETNEIGHTBL", RTM_SETNEIGHTBL},
#endif
#ifdef RTM_SETSTATS
    {"RTM_SETSTATS", RTM_SETSTATS},
#endif
    {nullptr, 0},
};
