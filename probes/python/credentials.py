import socket
import struct

from kit import check, peer, say

conn = socket.socket(socket.AF_UNIX)
conn.connect(peer["path"])
pid, _, _ = struct.unpack("3i", conn.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
check(pid == peer["pid"], "the process id")
say("yes", "`getsockopt(SOL_SOCKET, SO_PEERCRED, 12)`, and `struct`")
