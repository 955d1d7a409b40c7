import socket

from kit import check, peer, say

sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
sock.connect(peer["path"])
sock.send(b"one")
sock.send(b"two")
check(sock.recv(100) == b"both", "the answer")
say("yes", "`socket(AF_UNIX, SOCK_SEQPACKET)`")
