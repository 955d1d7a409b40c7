# Owns the other ends of connections: scripts of steps, given beforehand, which run while the test may be blocked.
# Jobs come as JSON lines, and what they did goes out as JSON lines. It must not know what is tested.
#
#   {"job": 1, "where": {"how": "listen" | "connect" | "fd", ...}, "options": {...}, "script": [[op, ...], ...]}     begins a connection
#   {"go": 1}                                                                                        ends a "wait" of it
#   {"stop": 1}                                                                                      ends it
#
# Every connection has a thread. Bytes are {"text": "..."}, {"hex": "..."} or {"pattern": n}: the first n bytes of a
# block of prime length, repeated.

import fcntl
import hashlib
import json
import queue
import socket
import ssl
import struct
import sys
import termios
import threading
import time

BLOCK = 65521
WHOLE = bytes((i * i + (i >> 3)) & 255 for i in range(BLOCK))


def pattern(n):
    return (WHOLE * (n // BLOCK + 1))[:n]


def data_of(spec):
    if "text" in spec:
        return spec["text"].encode("utf-8")
    if "hex" in spec:
        return bytes.fromhex(spec["hex"])
    return pattern(spec["pattern"])


class Received:
    """What has arrived: its length, its hash, and its beginning."""

    def __init__(self):
        self.length = 0
        self.hash = hashlib.sha256()
        self.head = b""

    def add(self, piece):
        self.length += len(piece)
        self.hash.update(piece)
        if len(self.head) < 4096:
            self.head = (self.head + piece)[:4096]

    def facts(self, end):
        return {"length": self.length, "sha256": self.hash.hexdigest(), "head": self.head.hex(), "end": end}


def receive(conn, limit=None, chunk=1 << 18, delay=0):
    """Up to `limit` bytes, or until the end."""
    got = Received()
    end = "limit"
    while limit is None or got.length < limit:
        try:
            piece = conn.recv(chunk if limit is None else min(chunk, limit - got.length))
        except ConnectionResetError:
            end = "reset"
            break
        if not piece:
            end = "eof"
            break
        got.add(piece)
        if delay:
            time.sleep(delay / 1000)
    return got.facts(end)


def open_socket(where):
    family = {"tcp4": socket.AF_INET, "tcp6": socket.AF_INET6}.get(where["kind"], socket.AF_UNIX)
    return socket.socket(family, socket.SOCK_STREAM)


def address_of(where):
    kind = where["kind"]
    if kind == "tcp4":
        return ("127.0.0.1", where.get("port", 0))
    if kind == "tcp6":
        return ("::1", where.get("port", 0))
    if kind == "abstract":
        return "\0" + where["path"]
    return where["path"]


class Tls:
    """TLS over a blocking socket, with a half-close, which ssl.SSLSocket lacks."""

    def __init__(self, sock, options):
        self.sock = sock
        self.family = sock.family
        if self.family != socket.AF_UNIX:
            # Session tickets go out before the first data, which Nagle's algorithm would hold back until they are acknowledged.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if options["server"] else ssl.PROTOCOL_TLS_CLIENT)
        version = getattr(ssl.TLSVersion, options["version"])
        context.minimum_version = context.maximum_version = version
        if options["server"]:
            context.load_cert_chain(options["cert"], options["key"])
        else:
            context.load_verify_locations(options["ca"])
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        name = None if options["server"] else "localhost"
        self.tls = context.wrap_bio(self.incoming, self.outgoing, options["server"], name)
        self.run(self.tls.do_handshake)

    def run(self, call, *args):
        while True:
            try:
                result = call(*args)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                piece = self.sock.recv(1 << 16)
                if piece:
                    self.incoming.write(piece)
                else:
                    self.incoming.write_eof()

    def flush(self):
        if self.outgoing.pending:
            self.sock.sendall(self.outgoing.read())

    def recv(self, n):
        try:
            return self.run(self.tls.read, n)
        except ssl.SSLZeroReturnError:
            return b""

    def sendall(self, data):
        view = memoryview(data)
        for start in range(0, len(view), 1 << 14):
            self.run(self.tls.write, view[start : start + (1 << 14)])

    def shutdown(self, how):
        if how != socket.SHUT_RD:
            self.end()
        self.sock.shutdown(how)

    def end(self):
        """close_notify, without waiting for the other one."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        try:
            self.flush()
        except OSError:
            pass

    def close(self):
        self.end()
        self.sock.close()

    def setsockopt(self, *args):
        self.sock.setsockopt(*args)

    def fileno(self):
        return self.sock.fileno()


class Stopped(Exception):
    pass


class Job(threading.Thread):
    def __init__(self, job):
        super().__init__(daemon=True)
        self.job = job
        self.orders = queue.Queue()
        self.sock = None
        self.stopped = False

    def say(self, **facts):
        line = json.dumps({"job": self.job["job"], **facts}) + "\n"
        with output:
            sys.stdout.write(line)
            sys.stdout.flush()

    def run(self):
        try:
            self.begin()
            for index, (op, *args) in enumerate(self.job["script"]):
                if op == "mark":
                    self.say(mark=args[0])
                else:
                    self.say(step=index, op=op, **(self.step(op, args) or {}))
            self.say(end="done")
        except Stopped:
            self.say(end="stopped")
        except Exception as error:
            self.say(end="stopped" if self.stopped else "failed", error=repr(error))
        finally:
            if self.sock is not None:
                self.sock.close()

    def stop(self):
        self.stopped = True
        self.orders.put(False)
        try:
            # Wakes the thread wherever it waits.
            getattr(self.sock, "sock", self.sock).shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass

    def begin(self):
        self.open()
        if "tls" in self.job["options"]:
            self.sock = Tls(self.sock, self.job["options"]["tls"])

    def open(self):
        job = self.job
        where = job["where"]
        if where["how"] == "fd":
            self.sock = socket.socket(fileno=where["fd"])
            self.sock.setblocking(True)
            self.apply(job["options"])
            self.say(ready=True)
            return
        self.sock = open_socket(where)
        self.apply(job["options"])
        if where["how"] == "connect":
            self.sock.connect(address_of(where))
            self.say(ready=True)
            return
        listener = self.sock
        listener.bind(address_of(where))
        listener.listen(8)
        name = listener.getsockname()
        self.say(ready=True, port=name[1] if isinstance(name, tuple) else 0)
        self.sock, _ = listener.accept()
        listener.close()

    def apply(self, options):
        for name, option in (("rcvbuf", socket.SO_RCVBUF), ("sndbuf", socket.SO_SNDBUF)):
            if name in options:
                self.sock.setsockopt(socket.SOL_SOCKET, option, options[name])

    def step(self, op, args):
        conn = self.sock
        if op == "send":
            conn.sendall(data_of(args[0]))
        elif op == "dribble":
            # One byte a segment. The gap lets the reader take each one before the next comes.
            if conn.family != socket.AF_UNIX:
                conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in data_of(args[0]):
                conn.sendall(bytes([byte]))
                time.sleep(0.0005)
        elif op == "flood":
            # The pattern over and over, until the connection ends.
            try:
                while True:
                    conn.sendall(WHOLE)
            except OSError:
                pass
        elif op == "line":
            # So many bytes without a line end.
            for _ in range(args[0] >> 16):
                conn.sendall(b"x" * (1 << 16))
        elif op == "recv":
            return receive(conn, args[0])
        elif op == "recvall":
            return receive(conn, None, **(args[0] if args else {}))
        elif op == "echo":
            while piece := conn.recv(1 << 16):
                conn.sendall(piece)
        elif op == "shutdown":
            conn.shutdown({"rd": socket.SHUT_RD, "wr": socket.SHUT_WR, "rdwr": socket.SHUT_RDWR}[args[0]])
        elif op == "close":
            conn.close()
        elif op == "reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            getattr(conn, "sock", conn).close()
        elif op == "acked":
            # Until the other kernel has everything; on a Unix socket, until the other end has read it.
            while struct.unpack("i", fcntl.ioctl(conn.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0] > 0:
                time.sleep(0.001)
        elif op == "wait":
            if not self.orders.get():
                raise Stopped
        elif op == "pause":
            time.sleep(args[0] / 1000)
        elif op == "try":
            # The rest of the arguments is a step that may fail; its errno is the result.
            try:
                return self.step(args[0], args[1:])
            except OSError as error:
                return {"errno": error.errno}
        else:
            raise ValueError("unknown step " + op)
        return None


output = threading.Lock()
jobs = {}
for line in sys.stdin:
    order = json.loads(line)
    if "go" in order:
        jobs[order["go"]].orders.put(True)
    elif "stop" in order:
        jobs[order["stop"]].stop()
    else:
        jobs[order["job"]] = Job(order)
        jobs[order["job"]].start()
