import socket
import struct

from kit import say

sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
sock.connect(("127.0.0.1", 0))
# An echo request, its checksum, identifier 0x7079 and sequence 9 (RFC 792).
sock.send(struct.pack("!BBHHH", 8, 0, 0x877D, 0x7079, 9))
while True:
    packet = sock.recv(2048)
    icmp = packet[(packet[0] & 15) * 4 :]
    if icmp[0] == 0 and icmp[4:6] == b"py":
        break
say("yes", "`socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)`")
