# Owns the other end of the load: sends back what it receives, in pieces of any size, over as many connections as there
# are, and keeps a SHA-256 of each direction of each. It must not know what is tested.
#
# The first line of a connection is not part of its streams: "ID HOW N". HOW is "plain"; "tls": it is answered with "+", and
# TLS follows; "reset": after N bytes the connection is reset.
#
# Orders on stdin, one a line: "dial PORT COUNT" makes connections, which are then like those that were accepted. "report" prints what is over,
# as JSON: [most that were open at once, [[id, received, sha256, sent, sha256, end], ...]]. "end" is "end", "reset" (ours) or what was raised.

import hashlib
import json
import random
import resource
import select
import socket
import ssl
import struct
import sys

given = json.loads(sys.argv[1])
chance = random.Random(given["seed"])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(given["cert"], given["key"])
epoll = select.epoll()
conns = {}
over = []
most = 0
WAIT = (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError)
IP_BIND_ADDRESS_NO_PORT = 24


class Conn:
    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.fd = sock.fileno()
        self.head = b""
        self.id = None
        self.shaking = False
        self.secure = False
        self.limit = None
        self.received = self.sent = 0
        self.hash_in, self.hash_out = hashlib.sha256(), hashlib.sha256()
        self.backlog = bytearray()
        self.chunk = b""
        self.ended = False
        self.mask = select.EPOLLIN
        conns[self.fd] = self
        epoll.register(self.fd, self.mask)

    def step(self):
        try:
            if self.shaking:
                self.sock.do_handshake()
                self.shaking = False
            if not self.ended:
                self.receive()
            if self.limit is not None and self.received >= self.limit:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return self.close("reset")
            self.flush()
            if self.ended and not self.backlog and not self.chunk:
                if self.secure:
                    self.sock = self.sock.unwrap()
                return self.close("end")
        except WAIT:
            pass
        except OSError as error:
            return self.close(type(error).__name__)
        self.watch()

    def receive(self):
        for _ in range(4):
            try:
                data = self.sock.recv(65536)
            except WAIT:
                return
            if not data:
                self.ended = True
                return
            if self.id is None:
                data = self.begin(data)
                if self.shaking:
                    return
            self.received += len(data)
            self.hash_in.update(data)
            self.backlog += data
            if len(data) < 65536 and not self.secure:
                return

    def begin(self, data):
        self.head += data
        line, newline, rest = self.head.partition(b"\n")
        if not newline:
            return b""
        number, how, limit = line.split()
        self.id = int(number)
        if how == b"reset":
            self.limit = int(limit)
        if how == b"tls":
            self.sock.send(b"+")
            epoll.unregister(self.fd)
            self.sock = context.wrap_socket(
                self.sock, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=False
            )
            epoll.register(self.fd, self.mask)
            self.shaking = self.secure = True
        return rest

    def flush(self):
        # OpenSSL wants to be asked again with the same bytes, so what is on its way stays as it is.
        while self.chunk or self.backlog:
            if not self.chunk:
                size = chance.choice((100, 5000, 65536, 262144))
                self.chunk = bytes(self.backlog[:size])
                del self.backlog[:size]
            n = self.sock.send(self.chunk)
            self.sent += n
            self.hash_out.update(self.chunk[:n])
            self.chunk = self.chunk[n:]

    def watch(self):
        mask = (0 if self.ended else select.EPOLLIN) | (select.EPOLLOUT if self.chunk or self.backlog else 0)
        if self.shaking:
            mask = select.EPOLLIN
        if mask != self.mask:
            self.mask = mask
            epoll.modify(self.fd, mask)

    def close(self, how):
        epoll.unregister(self.fd)
        del conns[self.fd]
        self.sock.close()
        over.append([self.id, self.received, self.hash_in.hexdigest(), self.sent, self.hash_out.hexdigest(), how])


def listening(family, at):
    listener = socket.socket(family)
    listener.bind(at)
    listener.listen(4096)
    listener.setblocking(False)
    epoll.register(listener, select.EPOLLIN)
    listeners[listener.fileno()] = listener
    return listener.getsockname()


def accept(listener):
    for _ in range(64):
        try:
            Conn(listener.accept()[0])
        except BlockingIOError:
            return


def obey(line):
    global most, over
    word, *more = line.split()
    if word == "dial":
        port, count = map(int, more)
        for i in range(count):
            sock = socket.socket()
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            sock.bind(("127.0.1.%d" % (i % 100 + 1), 0))
            sock.connect(("127.0.0.1", port))
            Conn(sock)
    else:
        print(json.dumps([most, over]), flush=True)
        most, over = 0, []


listeners = {}
tcp4 = listening(socket.AF_INET, ("0.0.0.0", 0))[1]
tcp6 = listening(socket.AF_INET6, ("::1", 0))[1] if given["ipv6"] else 0
listening(socket.AF_UNIX, given["path"])
epoll.register(0, select.EPOLLIN)
print(json.dumps([tcp4, tcp6]), flush=True)
while True:
    for fd, _ in epoll.poll():
        if fd == 0:
            line = sys.stdin.readline()
            if not line:
                sys.exit()
            obey(line)
        elif fd in listeners:
            accept(listeners[fd])
        elif fd in conns:
            conns[fd].step()
    most = max(most, len(conns))
