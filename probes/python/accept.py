import socket
import time

from kit import A_WHILE, check, open_sockets, say

before = open_sockets()
listener = socket.create_server(("127.0.0.1", 0))
clients = [socket.create_connection(listener.getsockname()) for _ in range(3)]
first, _ = listener.accept()
time.sleep(A_WHILE)
accepted = open_sockets() - before - 1 - len(clients)
check(accepted == 1, f"{accepted} are accepted")
say("yes", "`sock.accept()`")
