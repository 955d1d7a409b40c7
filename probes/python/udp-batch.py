import socket
import struct

from kit import check, peer, say

# There is no sendmmsg(2). The kernel cuts one message into many, though: UDP_SEGMENT of udp(7), which has no name in Python.
SOL_UDP, UDP_SEGMENT = 17, 103
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect((peer["host"], peer["port"]))
data = b"".join(bytes([i]) * 100 for i in range(64))
sock.sendmsg([data], [(SOL_UDP, UDP_SEGMENT, struct.pack("H", 100))])
check(sock.recv(100) == b"all 64", "the answer")
say("partly", "to one destination, by a control message (UDP_SEGMENT); no sendmmsg(2), no recvmmsg(2)")
