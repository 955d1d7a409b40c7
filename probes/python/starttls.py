import socket
import ssl

from kit import check, folder, peer, say

conn = socket.create_connection((peer["host"], peer["port"]))
conn.sendall(b"STARTTLS\n")
check(conn.recv(3) == b"go\n", "go")
context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
secure = context.wrap_socket(conn, server_hostname="localhost")
secure.sendall(b"under TLS\n")
check(secure.recv(7) == b"secret\n", "secret")
say("yes", "`context.wrap_socket(sock)`")
