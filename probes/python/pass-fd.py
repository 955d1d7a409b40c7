import os
import socket

from kit import check, peer, say

conn = socket.socket(socket.AF_UNIX)
conn.connect(peer["path"])
_, (theirs,), _, _ = socket.recv_fds(conn, 100, 1)
check(os.read(theirs, 100) == b"from the peer", "the file that came")
ours = os.memfd_create("ours")
os.pwrite(ours, b"from the probe", 0)
os.lseek(ours, 0, os.SEEK_SET)
socket.send_fds(conn, [b"f"], [ours])
say("yes", "`socket.send_fds`, `socket.recv_fds`")
