# Owns a proxy that treats what passes badly, and the TLS server and client behind it. It must not know what is tested.
#
#   python3 tls-proxy.py CERT KEY CA        then a JSON line of orders at a time on its input, a JSON line of answers on its output
#
#   {"serve": 1}                            a TLS server that echoes: {"port": n}
#   {"proxy": port, "sizes": [1, 7], "budget": n, "reset": true}
#       a proxy in front of a port: pieces of these sizes, a segment each; after `budget` bytes (both directions together) both ends
#       are closed, or reset: {"port": n}
#   {"budget": n, "reset": bool}            for the connections of the last proxy from now on: {"done": 1}
#   {"echo": port, "bytes": n}              a TLS client that sends so much through a port and reads it back at once: {"sha256": …, "length": n}
#   {"passed": 1}                           bytes that the last proxy let through in its last connection: {"passed": n}

import hashlib
import json
import socket
import ssl
import struct
import sys
import threading

BLOCK = 65521
WHOLE = bytes((i * i + (i >> 3)) & 255 for i in range(BLOCK))
cert, key, ca = sys.argv[1:4]


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def listener():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(256)
    return sock


def thread(body, *args):
    threading.Thread(target=body, args=args, daemon=True).start()


def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    sock = listener()

    def echo(raw):
        try:
            with context.wrap_socket(raw, server_side=True) as conn:
                while piece := conn.recv(1 << 16):
                    conn.sendall(piece)
                conn.unwrap()
        except OSError:
            pass
        finally:
            raw.close()

    def run():
        while True:
            thread(echo, sock.accept()[0])

    thread(run)
    return sock.getsockname()[1]


class Proxy:
    def __init__(self, target, sizes, budget, reset):
        self.target = target
        self.sizes = sizes
        self.budget = budget
        self.reset = reset
        self.passed = 0
        self.sock = listener()
        thread(self.run)

    def run(self):
        while True:
            front = self.sock.accept()[0]
            back = socket.create_connection(("127.0.0.1", self.target))
            for end in (front, back):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.passed = 0
            state = {"left": self.budget, "lock": threading.Lock()}
            thread(self.forward, front, back, state)
            thread(self.forward, back, front, state)

    def forward(self, source, target, state):
        turn = 0
        try:
            while data := source.recv(1 << 16):
                at = 0
                while at < len(data):
                    size = self.sizes[turn % len(self.sizes)] if self.sizes else len(data)
                    turn += 1
                    with state["lock"]:
                        piece = data[at : at + size]
                        if state["left"] is not None:
                            piece = piece[: state["left"]]
                            state["left"] -= len(piece)
                        # Counted first, so that whoever has received it finds it counted.
                        self.passed += len(piece)
                        if piece:
                            target.sendall(piece)
                        at += len(piece)
                        if state["left"] == 0:
                            self.cut(source, target)
                            return
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self, *ends):
        for end in ends:
            if self.reset:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                # Wakes the other direction's thread, which would keep the socket open.
                end.shutdown(socket.SHUT_RD if self.reset else socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


def echo(port, length):
    """Sends and receives at once, so that neither side may stop reading while it writes."""
    context = ssl.create_default_context(cafile=ca)
    data = (WHOLE * (length // BLOCK + 1))[:length]
    received = hashlib.sha256()
    count = 0
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as conn:
        conn.setblocking(False)
        import select

        sent = 0
        while count < length:
            readable, writable, _ = select.select([conn], [conn] if sent < length else [], [])
            if writable:
                try:
                    sent += conn.send(data[sent : sent + (1 << 16)])
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
            while True:
                try:
                    piece = conn.recv(1 << 16)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    break
                if not piece:
                    return say(length=count, sha256=received.hexdigest())
                received.update(piece)
                count += len(piece)
        conn.setblocking(True)
        conn.unwrap()
    say(length=count, sha256=received.hexdigest())


proxy = None
for line in sys.stdin:
    order = json.loads(line)
    if "serve" in order:
        say(port=serve())
    elif "proxy" in order:
        proxy = Proxy(order["proxy"], order.get("sizes"), order.get("budget"), order.get("reset", False))
        say(port=proxy.sock.getsockname()[1])
    elif "budget" in order:
        proxy.budget = order["budget"]
        proxy.reset = order.get("reset", False)
        say(done=1)
    elif "passed" in order:
        say(passed=proxy.passed)
    else:
        thread(echo, order["echo"], order["bytes"])
