import socket
import ssl

from kit import check, folder, peer, say

context = ssl.create_default_context(cafile=f"{folder}/ca.pem")


def read_all():
    conn = socket.create_connection((peer["host"], peer["port"]))
    # Without this the end that was cut looks like one.
    secure = context.wrap_socket(conn, server_hostname="localhost", suppress_ragged_eofs=False)
    data = b""
    while piece := secure.recv(100):
        data += piece
    return data


try:
    read_all()
    check(False, "it was cut")
except ssl.SSLEOFError:
    pass
check(read_all() == b"all of it", "the end")
say("yes", "`wrap_socket(suppress_ragged_eofs=False)`, not the default")
