# Owns the other end of the probes: one scene for each row that has one, the same for every column. It announces in one line of
# JSON where it is, plays its part, and ends with a line that says whether it saw what it should. It must not know who is
# probed.
#
#   python3 peer.py SCENE FOLDER     FOLDER has cert.pem and key.pem

import hashlib
import json
import os
import socket
import ssl
import struct
import sys

scene, folder = sys.argv[1:3]
LOOPBACK = "127.0.0.1"


def announce(**what):
    print(json.dumps(what), flush=True)


def listening():
    server = socket.create_server((LOOPBACK, 0))
    return server, server.getsockname()[1]


def serve_one():
    server, port = listening()
    announce(host=LOOPBACK, port=port)
    return server, server.accept()[0]


def server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return context


def read_line(conn):
    line = b""
    while not line.endswith(b"\n"):
        byte = conn.recv(1)
        if not byte:
            break
        line += byte
    return line.replace(b"\r\n", b"\n")


def to_end(conn):
    # A probe that has its answer may end as it likes.
    try:
        while conn.recv(65536):
            pass
    except OSError:
        pass


def blocking():
    _, conn = serve_one()
    seen = read_line(conn) == b"question\n"
    conn.sendall(b"answer\n")
    to_end(conn)
    return seen


def read_limit():
    _, conn = serve_one()
    conn.sendall(b"1234")
    seen = conn.recv(1) == b"g"
    conn.sendall(b"567890")
    to_end(conn)
    return seen


def line_then_bytes():
    _, conn = serve_one()
    conn.sendall(b"a line\r\n12345and more")
    to_end(conn)
    return True


def refused():
    # Bound and not listening: the kernel refuses, and nobody else can have the port.
    closed = socket.socket()
    closed.bind((LOOPBACK, 0))
    announce(port=closed.getsockname()[1], hosts=["127.0.0.2", LOOPBACK])
    sys.stdin.read()
    return True


def idle_reset():
    _, conn = serve_one()
    conn.sendall(b"hi")
    seen = conn.recv(1) == b"x"
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()
    open(os.path.join(folder, "was-reset"), "w").close()
    sys.stdin.read()
    return seen


def starttls():
    _, conn = serve_one()
    seen = read_line(conn) == b"STARTTLS\n"
    conn.sendall(b"go\n")
    secure = server_context().wrap_socket(conn, server_side=True)
    seen = seen and read_line(secure) == b"under TLS\n"
    secure.sendall(b"secret\n")
    to_end(secure)
    return seen


def stoptls():
    _, conn = serve_one()
    secure = server_context().wrap_socket(conn, server_side=True)
    seen = read_line(secure) == b"under TLS\n"
    secure.sendall(b"secret\n")
    plain = secure.unwrap()
    plain.sendall(b"plain\n")
    seen = seen and read_line(plain) == b"plain, too\n"
    to_end(plain)
    return seen


def truncation():
    # Connections are cut without close_notify and ended with it, in turn.
    server, port = listening()
    announce(host=LOOPBACK, port=port)
    context = server_context()
    for turn in range(4):
        try:
            secure = context.wrap_socket(server.accept()[0], server_side=True)
            secure.sendall(b"all of it" if turn % 2 else b"half of it")
            if turn % 2:
                secure.unwrap()
                secure.close()
            else:
                os.close(secure.detach())
        except OSError:
            pass
        if turn == 1:
            print(json.dumps({"saw": True}), flush=True)
    return True


def unix_datagram():
    path = os.path.join(folder, "datagram")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    announce(path=path)
    words = []
    for _ in range(2):
        data, sender = sock.recvfrom(100)
        words.append(data)
    sock.sendto(b"both", sender)
    return words == [b"one", b"two"]


def unix_seqpacket():
    path = os.path.join(folder, "seqpacket")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(path)
    server.listen()
    announce(path=path)
    conn, _ = server.accept()
    words = [conn.recv(100), conn.recv(100)]
    conn.send(b"both")
    conn.recv(1)
    return words == [b"one", b"two"]


def unix_listener(name):
    path = os.path.join(folder, name)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    announce(path=path, pid=os.getpid())
    return server.accept()[0]


def pass_fd():
    conn = unix_listener("descriptors")
    theirs = os.memfd_create("ours")
    os.write(theirs, b"from the peer")
    os.lseek(theirs, 0, os.SEEK_SET)
    socket.send_fds(conn, [b"f"], [theirs])
    _, fds, _, _ = socket.recv_fds(conn, 100, 1)
    return len(fds) == 1 and os.read(fds[0], 100) == b"from the probe"


def credentials():
    to_end(unix_listener("credentials"))
    return True


def idle():
    _, conn = serve_one()
    to_end(conn)
    return True


def udp_batch():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LOOPBACK, 0))
    announce(host=LOOPBACK, port=sock.getsockname()[1])
    missing = {bytes([i]) * 100 for i in range(64)}
    while missing:
        data, sender = sock.recvfrom(2000)
        missing.remove(data)
    sock.sendto(b"all 64", sender)
    return True


def udp_meta():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LOOPBACK, 0))
    announce(host=LOOPBACK, port=sock.getsockname()[1])
    _, sender = sock.recvfrom(100)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 42)
    sock.sendto(b"with 42", sender)
    return True


def multicast():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LOOPBACK, 0))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
    announce(host=LOOPBACK, port=sock.getsockname()[1], group="239.255.71.93")
    _, sender = sock.recvfrom(100)
    sock.sendto(b"to the group", ("239.255.71.93", sender[1]))
    return True


def send_file():
    path = os.path.join(folder, "file")
    content = os.urandom(1 << 20)
    with open(path, "wb") as file:
        file.write(content)
    server, port = listening()
    announce(host=LOOPBACK, port=port, path=path)
    conn, _ = server.accept()
    seen = hashlib.sha256()
    while piece := conn.recv(1 << 16):
        seen.update(piece)
    return seen.digest() == hashlib.sha256(content).digest()


def adopt():
    # The probe is started by `launch.py`, with the listening socket as descriptor 3.
    path = os.path.join(folder, "adopt.port")
    announce(path=path)
    while not os.path.exists(path):
        pass
    with open(path) as file:
        conn = socket.create_connection((LOOPBACK, int(file.read())))
    seen = read_line(conn) == b"hello from descriptor 3\n"
    return seen


scenes = {
    "blocking": blocking,
    "read-limit": read_limit,
    "line-then-bytes": line_then_bytes,
    "attempts": refused,
    "idle-reset": idle_reset,
    "starttls": starttls,
    "stoptls": stoptls,
    "truncation": truncation,
    "unix-datagram": unix_datagram,
    "unix-seqpacket": unix_seqpacket,
    "pass-fd": pass_fd,
    "credentials": credentials,
    "any-option": idle,
    "dispose": idle,
    "udp-batch": udp_batch,
    "udp-meta": udp_meta,
    "multicast": multicast,
    "send-file": send_file,
    "adopt": adopt,
}

saw = scenes[scene]()
print(json.dumps({"saw": bool(saw)}), flush=True)
