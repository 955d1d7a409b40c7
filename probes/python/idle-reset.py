import socket
import time

from kit import A_WHILE, check, connections_of, peer, say, until

conn = socket.create_connection((peer["host"], peer["port"]))
check(conn.recv(2) == b"hi", "the greeting")
conn.send(b"x")
until(lambda: connections_of(peer["port"]) == 0)
time.sleep(A_WHILE)
try:
    conn.recv(1)
    check(False, "it was reset")
except ConnectionResetError:
    say("yes", "`recv` raises ConnectionResetError")
