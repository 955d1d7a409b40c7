import socket
import ssl

from kit import check, folder, peer, say

context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
conn = socket.create_connection((peer["host"], peer["port"]))
secure = context.wrap_socket(conn, server_hostname="localhost")
secure.sendall(b"under TLS\n")
check(secure.recv(7) == b"secret\n", "secret")
plain = secure.unwrap()
check(plain.recv(6) == b"plain\n", "plain")
plain.sendall(b"plain, too\n")
say("yes", "`sock.unwrap()`")
