// Owns the stage of the relay tests: two connections of ours, a and b, whose peers x and y are sockets of one Python, in the
// clear or under TLS. It must not know what is tested.

import type { TestContext } from 'node:test';
import type { AsyncConn } from 'berkeley';
import type { Net } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { type Puppet, startPuppet } from '../support/python.js';

/** How a side is secured: not at all, with us as the server, or with us as the client. */
export type Side = 'plain' | 'server' | 'client';

/**
 * `both(f, g, …)` runs functions in threads and waits: a list of what they returned, or the name of what they raised.
 * `feed(s, n, seed)` sends n bytes of a pattern, ends the direction, and returns the digest; `digest(s)` reads to the end. `exchange`
 * does both at once, also under TLS.
 */
const PEERS = `
import fcntl, hashlib, json, ssl, termios, threading
given = json.loads(sys.argv[1])

def pattern(seed, n):
    block = bytes((i * seed + (i >> 8)) & 255 for i in range(65536))
    while n > 0:
        yield block[:n]
        n -= 65536
def end(s):
    s.shutdown(socket.SHUT_WR)
def exchange(s, n, seed, m):
    # Sends n bytes and receives m, both at once and in one thread, as a socket of the ssl module needs it; then ends both ways.
    data, sent, got, h = b''.join(pattern(seed, n)), 0, 0, hashlib.sha256()
    view = memoryview(data)
    s.setblocking(False)
    while sent < n or got < m:
        reads, writes = [], []
        if sent < n:
            try: sent += s.send(view[sent:sent + 65536])
            except (ssl.SSLWantWriteError, BlockingIOError): writes.append(s)
            except ssl.SSLWantReadError: reads.append(s)
        if got < m:
            try:
                piece = s.recv(65536)
                if not piece: raise EOFError()
                h.update(piece)
                got += len(piece)
                continue
            except (ssl.SSLWantReadError, BlockingIOError): reads.append(s)
            except ssl.SSLWantWriteError: writes.append(s)
        if (sent == n or writes) and (got == m or reads): select.select(reads, writes, []) if reads or writes else None
    s.setblocking(True)
    if isinstance(s, ssl.SSLSocket): s.unwrap()
    else:
        end(s)
        if s.recv(1): raise EOFError()
    return [hashlib.sha256(data).hexdigest(), h.hexdigest()]
def feed(s, n, seed, ends=True):
    h = hashlib.sha256()
    for piece in pattern(seed, n):
        s.sendall(piece)
        h.update(piece)
    if ends: end(s)
    return [n, h.hexdigest()]
def digest(s):
    h, n = hashlib.sha256(), 0
    while True:
        piece = s.recv(1 << 18)
        if not piece: return [n, h.hexdigest()]
        h.update(piece)
        n += len(piece)
def both(*calls):
    results = [None] * len(calls)
    def go(i, call):
        try: results[i] = call()
        except Exception as error: results[i] = type(error).__name__
    threads = [threading.Thread(target=go, args=each) for each in enumerate(calls)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return results
def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()
def dial(port, room=0):
    s = socket.socket()
    if room: s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    s.connect(('127.0.0.1', port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s
def secure(s, kind):
    if kind == 'plain': return s
    if kind == 'server':
        context = ssl.create_default_context(cafile=given['root'])
        return context.wrap_socket(s, server_hostname='localhost', suppress_ragged_eofs=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given['cert'], given['key'])
    return context.wrap_socket(s, server_side=True, suppress_ragged_eofs=False)
`;

export interface Stage {
  readonly a: AsyncConn;
  readonly b: AsyncConn;
  /** Where a's peer is \`x\` and b's is \`y\`; under TLS after \`x = secure(x, …)\`. */
  readonly peers: Puppet;
}

export interface StageOptions {
  readonly sides?: readonly [Side, Side];
  /** The receive buffers of x and y. */
  readonly room?: number;
  /** The send buffers of a and b. */
  readonly sendBuffer?: number;
}

export async function stage(net: Net, t: TestContext, o: StageOptions = {}): Promise<Stage> {
  const { sides = ['plain', 'plain'], room = 0, sendBuffer } = o;
  const secured = sides.some((side) => side !== 'plain');
  const { server, root } = secured ? pki() : { server: null, root: null };
  const given = { root: root?.certFile, cert: server?.certFile, key: server?.keyFile };
  const peers = startPuppet(t, PEERS, { args: [JSON.stringify(given)] });
  const conns: AsyncConn[] = [];
  t.after(() => {
    for (const conn of conns) conn.abort();
  });
  for (const [name, side] of [
    ['x', sides[0]],
    ['y', sides[1]],
  ] as const) {
    const tls = side === 'server' ? { tls: { cert: server!.cert, key: server!.key } } : {};
    const listener = await net.listen('127.0.0.1:0', tls);
    await peers.run(`${name} = dial(${listener.address.port}, ${room})`);
    const conn = await listener.accept();
    listener.close();
    if (sendBuffer !== undefined) conn.socket.setOption(net.options.SO_SNDBUF, sendBuffer);
    conns.push(conn);
  }
  // As clients they begin TLS with startTls, when the peer runs secure().
  const [a, b] = conns as [AsyncConn, AsyncConn];
  return { a, b, peers };
}
