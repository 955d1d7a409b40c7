import socket

from kit import check, folder, peer, say

sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(f"{folder}/answer")
sock.sendto(b"one", peer["path"])
sock.sendto(b"two", peer["path"])
check(sock.recv(100) == b"both", "the answer")
say("yes", "`socket(AF_UNIX, SOCK_DGRAM)`")
