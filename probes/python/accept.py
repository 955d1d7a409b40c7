import socket
import time

from kit import A_WHILE, accepted_of, check, connections_of, say, until

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
first, _ = listener.accept()
until(lambda: connections_of(port) == 3)
time.sleep(A_WHILE)
check(accepted_of(port) == 1, f"{accepted_of(port)} are accepted")
say("yes", "`sock.accept()`")
