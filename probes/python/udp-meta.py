import socket
import struct

from kit import check, peer, say

# ip(7); Python has no names for them.
IP_PKTINFO, IP_RECVTTL = 8, 12
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 0))
sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
sock.sendto(b"x", (peer["host"], peer["port"]))
_, control, _, _ = sock.recvmsg(100, 500)
told = {kind: data for level, kind, data in control if level == socket.IPPROTO_IP}
check(struct.unpack("i", told[socket.IP_TTL])[0] == 42, "the TTL")
check(socket.inet_ntoa(told[IP_PKTINFO][8:12]) == "127.0.0.1", "the address")
say("yes", "`recvmsg` and `struct`; the options have no names")
