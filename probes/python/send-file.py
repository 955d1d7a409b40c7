import socket

from kit import check, peer, say

conn = socket.create_connection((peer["host"], peer["port"]))
with open(peer["path"], "rb") as file:
    check(conn.sendfile(file) == 1 << 20, "all of it")
say("yes", "`sock.sendfile(file)`")
