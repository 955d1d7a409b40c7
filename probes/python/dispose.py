import socket

from kit import check, open_sockets, peer, say

before = open_sockets()
with socket.create_connection((peer["host"], peer["port"])):
    check(open_sockets() > before, "a socket is open")
check(open_sockets() == before, "the socket is closed")
say("yes", "`with`")
