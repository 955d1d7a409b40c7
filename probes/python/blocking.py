import socket

from kit import check, peer, say

conn = socket.create_connection((peer["host"], peer["port"]), timeout=5)
conn.sendall(b"question\n")
check(conn.makefile().readline() == "answer\n", "the answer")
say("yes", "`socket` blocks unless told otherwise")
