import socket

from kit import check, peer, say

conn = socket.create_connection((peer["host"], peer["port"]))
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1234)
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")
check(conn.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1234, "the number")
check(conn.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).startswith(b"reno"), "the text")
say("yes", "`setsockopt` by number; text and structures as bytes")
