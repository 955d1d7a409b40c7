import socket

from kit import say

conn, _ = socket.socket(fileno=3).accept()
conn.sendall(b"hello from descriptor 3\n")
say("yes", "`socket(fileno=3)`")
