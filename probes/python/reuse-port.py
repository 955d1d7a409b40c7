import socket

from kit import listeners_of, say, until

one = socket.create_server(("127.0.0.1", 0), reuse_port=True)
port = one.getsockname()[1]
two = socket.create_server(("127.0.0.1", port), reuse_port=True)
until(lambda: listeners_of(port) == 2)
say("yes", "`create_server(reuse_port=True)`")
