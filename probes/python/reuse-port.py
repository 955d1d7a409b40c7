import socket

from kit import check, listeners_of, say

one = socket.create_server(("127.0.0.1", 0), reuse_port=True)
port = one.getsockname()[1]
two = socket.create_server(("127.0.0.1", port), reuse_port=True)
check(listeners_of(port) == 2, "two listeners")
say("yes", "`create_server(reuse_port=True)`")
