// Owns the Python at the other end of TLS: contexts with the certificates of the test, sockets, and a TLS whose bytes the
// script moves by itself. It must not know what is tested.

import type { TestContext } from 'node:test';
import { pki, type Issued } from './pki.js';
import { startPython, type Python } from './python.js';

/**
 * What a script finds, besides what every Python here has:
 *
 * `given` is the object that the test handed over, with the files of certificates in it.
 * `listening()` listens on `given['unix']` or on a free port of loopback, says a target, and accepts; `dialled()` connects to `given['target']`.
 * `server()`, `client()` are contexts; `wrap(c)` is a socket with TLS, on the server's side if `given['serve']`.
 * `Raw(c, context)` is TLS in memory: `handshake()`, `send`, `recv`, `out()` the bytes that it wants to send, `put(bytes)` those that came.
 * `pump(s, data, n)` writes `data` and reads `n` bytes, both at once.
 */
const PRELUDE = `
import hashlib, json, ssl
given = json.loads(sys.argv[1])

def listening():
    if 'unix' in given:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(given['unix'])
        name = 'unix:' + given['unix']
    else:
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        name = '127.0.0.1:%d' % listener.getsockname()[1]
    listener.listen(64)
    say(name)
    c = listener.accept()[0]
    listener.close()
    return c

def dialled(target=None):
    target = target or given['target']
    if target.startswith('unix:'):
        c = socket.socket(socket.AF_UNIX)
        c.connect(target[5:])
    else:
        host, _, port = target.rpartition(':')
        c = socket.create_connection((host, int(port)))
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return c

def common(context):
    if 'version' in given:
        version = {'TLSv1.2': ssl.TLSVersion.TLSv1_2, 'TLSv1.3': ssl.TLSVersion.TLSv1_3}[given['version']]
        context.minimum_version = context.maximum_version = version
    if 'alpn' in given: context.set_alpn_protocols(given['alpn'])
    if 'keylog' in given: context.keylog_filename = given['keylog']
    return context

def server():
    context = common(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    context.load_cert_chain(given['cert'], given['key'])
    if given.get('clients'):
        context.verify_mode = ssl.CERT_REQUIRED if given['clients'] == 'require' else ssl.CERT_OPTIONAL
        context.load_verify_locations(given['root'])
    return context

def client():
    context = common(ssl.create_default_context(cafile=given['root']))
    if 'clientCert' in given: context.load_cert_chain(given['clientCert'], given['clientKey'])
    return context

def wrap(c):
    if given.get('serve'): return server().wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
    return client().wrap_socket(c, server_hostname=given.get('name', 'localhost'), suppress_ragged_eofs=False)

class Raw:
    def __init__(self, c, context):
        self.c = c
        self.inward, self.outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        serve = context.protocol == ssl.PROTOCOL_TLS_SERVER
        self.tls = context.wrap_bio(self.inward, self.outward, server_side=serve, server_hostname=None if serve else 'localhost')
    def out(self):
        return self.outward.read()
    def put(self, data):
        self.inward.write(data)
    def flush(self):
        data = self.out()
        if data: self.c.sendall(data)
    def turn(self, call):
        # The call, with what it sends sent and what it lacks received.
        while True:
            try:
                result = call()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.c.recv(65536)
                if not data: raise EOFError('the connection ended inside TLS')
                self.put(data)
    def hello(self):
        try: self.tls.do_handshake()
        except ssl.SSLWantReadError: return self.out()
    def handshake(self): self.turn(self.tls.do_handshake)
    def send(self, data): self.turn(lambda: self.tls.write(data))
    def recv(self, n): return self.turn(lambda: self.tls.read(n))
    def drain(self):
        # To the peer's close_notify.
        try:
            while self.recv(65536): pass
        except ssl.SSLZeroReturnError: pass
    def close_notify(self):
        # Its bytes. The peer's own is not waited for.
        try: self.tls.unwrap()
        except ssl.SSLWantReadError: pass
        return self.out()

def pump(s, data, n):
    s.setblocking(False)
    got, sent, view = bytearray(), 0, memoryview(data)
    while sent < len(view) or len(got) < n:
        reads, writes = [], []
        if sent < len(view):
            try:
                sent += s.send(view[sent:sent + 65536])
                continue_writing = True
            except ssl.SSLWantWriteError: writes.append(s)
            except ssl.SSLWantReadError: reads.append(s)
        if len(got) < n:
            try:
                piece = s.recv(min(65536, n - len(got)))
                if not piece: raise EOFError('%d bytes are missing' % (n - len(got)))
                got += piece
                continue
            except ssl.SSLWantReadError: reads.append(s)
            except ssl.SSLWantWriteError: writes.append(s)
        if (reads or writes) and not (sent < len(view) and not writes):
            select.select(reads, writes, [])
    s.setblocking(True)
    return bytes(got)

def ended(s):
    # How a stream ends: with close_notify, without, or with a reset.
    try:
        piece = s.recv(1)
        return 'close_notify' if piece == b'' else 'data %r' % piece
    except ssl.SSLEOFError: return 'cut'
    except ssl.SSLError as e: return 'cut' if 'EOF' in str(e).upper() else str(e.reason)
    except ConnectionResetError: return 'reset'

def failure(call):
    try: call()
    except ssl.SSLError as e: return e.reason or type(e).__name__
    except OSError as e: return errno.errorcode.get(e.errno, repr(e))
    return 'no failure'
`;

export interface Given {
  /** Python is the server, with `certificate`. */
  readonly serve?: boolean;
  readonly certificate?: Issued;
  /** What Python asks of clients. */
  readonly clients?: 'request' | 'require';
  /** What Python shows as a client. */
  readonly clientCertificate?: Issued;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  readonly alpn?: readonly string[];
  readonly name?: string;
  /** A file. */
  readonly keylog?: string;
  /** Where to connect. */
  readonly target?: string;
  /** Where to listen: a path. */
  readonly unix?: string;
  readonly [more: string]: unknown;
}

/** Starts Python. Whatever happens to the test, the child is gone after it. */
export function startTlsPython(t: TestContext, source: string, given: Given = {}): Python {
  const { certificate = pki().server, clientCertificate, ...rest } = given;
  const files = {
    root: pki().root.certFile,
    cert: certificate.certFile,
    key: certificate.keyFile,
    ...(clientCertificate && { clientCert: clientCertificate.certFile, clientKey: clientCertificate.keyFile }),
  };
  return startPython(t, PRELUDE + source, { args: [JSON.stringify({ ...files, ...rest })] });
}
