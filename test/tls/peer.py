# Owns the Python ends of TLS connections: servers that show certificates, and clients that visit servers. Orders come as JSON lines and
# are answered in order by JSON lines. It must not know what is tested.
#
#   {"serve": "name", "cert": file, "key": file}     {"port": 4711}. A thread of its own, one connection after the other. With "clients" ("request" or
#                                                    "require"), "ca" and "crl" it checks certificates of clients; "tickets": false switches them off
#   {"seen": "name"}                                 what that server saw of the next connection that nobody has asked for yet
#   {"ask": "name", "version": "TLSv1.3", ...}       visits that server, and tells what both ends found
#   {"visit": port, "version": "TLSv1.3", ...}       what a client found there: "ca", "host", "crl", "cert" and "key" of its own; "keep": slot remembers the
#                                                    session, "use": slot takes it up; "hold": name leaves the connection open
#   {"held": "name"}                                 one more echo on an open connection, and its end
#
# A server echoes until the end. What it saw is {"ok": true, ...}, or {"ok": false, "alert": "UNKNOWN_CA", "behind": n}, where n counts
# the bytes that came behind the alert. A client sends four bytes and reads them back.

import hashlib
import json
import os
import queue
import re
import socket
import ssl
import sys
import threading

VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
servers = {}
sessions = {}
held = {}


class Server(threading.Thread):
    def __init__(self, order):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Weak certificates are for the client to refuse.
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.context.load_cert_chain(order["cert"], order["key"])
        if "clients" in order:
            self.context.set_ciphers("ALL:@SECLEVEL=2")
            self.context.verify_mode = {"request": ssl.CERT_OPTIONAL, "require": ssl.CERT_REQUIRED}[order["clients"]]
            trust(self.context, order)
        if order.get("tickets") is False:
            self.context.options |= ssl.OP_NO_TICKET
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.outcomes = queue.Queue()

    def run(self):
        while True:
            conn, _ = self.listener.accept()
            conn.settimeout(15)
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.outcomes.put(self.serve(conn))

    def serve(self, conn):
        raw = socket.socket(fileno=os.dup(conn.fileno()))
        raw.settimeout(15)
        tls = self.context.wrap_socket(conn, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=False)
        try:
            tls.do_handshake()
            while piece := tls.recv(65536):
                tls.sendall(piece)
            seen = {"ok": True, "version": tls.version(), "reused": tls.session_reused, "peer": digest(tls)}
            goodbye(tls)
            return seen
        except ssl.SSLError as error:
            return {"ok": False, "alert": alert_of(error), "error": repr(error), "behind": behind(raw)}
        except OSError as error:
            return {"ok": False, "alert": None, "error": repr(error), "behind": -1}
        finally:
            tls.close()
            raw.close()


def trust(context, order):
    if "ca" in order:
        context.load_verify_locations(order["ca"])
    for crl in order.get("crl", []):
        context.load_verify_locations(crl)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN


def alert_of(error):
    found = re.search(r"ALERT_(\w+)", getattr(error, "reason", None) or "")
    return found.group(1) if found else None


def digest(tls):
    """SHA-256 of the other end's certificate; Python hands out only those that it has checked."""
    der = tls.getpeercert(True)
    return hashlib.sha256(der).hexdigest() if der else None


def behind(raw):
    """Bytes that come before the end; -1 when the end is a reset."""
    total = 0
    try:
        while piece := raw.recv(65536):
            total += len(piece)
        return total
    except OSError:
        return -1


def goodbye(tls):
    try:
        tls.unwrap()
    except OSError:
        # Whoever has said goodbye need not wait for ours.
        pass


def context_of(order):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # A weak certificate of the client is for the server to refuse.
    context.set_ciphers("DEFAULT:@SECLEVEL=%d" % order.get("level", 2))
    context.minimum_version = context.maximum_version = VERSIONS[order["version"]]
    context.check_hostname = order.get("host") is not None
    if "cert" in order:
        context.load_cert_chain(order["cert"], order["key"])
    trust(context, order)
    return context


def echo(tls):
    tls.sendall(b"ping")
    got = b""
    while len(got) < 4 and (piece := tls.recv(4 - len(got))):
        got += piece
    return got == b"ping"


def visit(order):
    context, session = sessions[order["use"]] if "use" in order else (context_of(order), None)
    conn = socket.create_connection(("127.0.0.1", order["visit"]), timeout=15)
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tls = conn
    try:
        tls = context.wrap_socket(conn, server_hostname=order.get("host"), session=session, suppress_ragged_eofs=False)
        found = {"ok": echo(tls), "code": 0, "reused": tls.session_reused, "version": tls.version(), "peer": digest(tls)}
        if "keep" in order:
            sessions[order["keep"]] = (context, tls.session)
        if "hold" in order:
            held[order["hold"]] = tls
            return found
        goodbye(tls)
    except ssl.SSLCertVerificationError as error:
        found = {"ok": False, "code": error.verify_code}
    except OSError as error:
        found = {"ok": False, "code": 0, "alert": alert_of(error), "error": repr(error)}
    tls.close()
    return found


def answer(order):
    if "serve" in order:
        server = servers[order["serve"]] = Server(order)
        server.start()
        return {"port": server.port}
    if "seen" in order:
        return servers[order["seen"]].outcomes.get(timeout=15)
    if "ask" in order:
        server = servers[order["ask"]]
        return {"found": visit({"visit": server.port, **order}), "seen": server.outcomes.get(timeout=15)}
    if "held" in order:
        with held.pop(order["held"]) as tls:
            ok = echo(tls)
            goodbye(tls)
            return {"ok": ok}
    return visit(order)


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:
        said = {"failed": repr(error)}
    print(json.dumps(said), flush=True)
