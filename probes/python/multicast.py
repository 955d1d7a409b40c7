import socket

from kit import check, peer, say

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 0))
request = socket.inet_aton(peer["group"]) + socket.inet_aton("127.0.0.1")
sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
sock.sendto(b"where I am", (peer["host"], peer["port"]))
check(sock.recv(100) == b"to the group", "what was sent to the group")
say("yes", "`setsockopt(IP_ADD_MEMBERSHIP)`")
