import os
import socket
import time

from kit import A_WHILE, check, folder, peer, say, until

conn = socket.create_connection((peer["host"], peer["port"]))
check(conn.recv(2) == b"hi", "the greeting")
conn.send(b"x")
until(lambda: os.path.exists(f"{folder}/was-reset"))
time.sleep(A_WHILE)
try:
    conn.recv(1)
    check(False, "it was reset")
except ConnectionResetError:
    say("yes", "`recv` raises ConnectionResetError")
