import socket

from kit import check, peer, say

file = socket.create_connection((peer["host"], peer["port"])).makefile("rb")
check(file.readline() == b"a line\r\n", "the line")
check(file.read(5) == b"12345", "the bytes")
say("yes", "`makefile()`: `readline()`, `read(5)`")
