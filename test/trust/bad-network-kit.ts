// Owns how many bytes go both ways at once over one connection, in either colour, and the Python that does the same at the other
// end. It must not know what the network does to them.

import assert from 'node:assert/strict';
import { createHash, type Hash } from 'node:crypto';
import type * as promises from 'berkeley';
import type * as blocking from 'berkeley/sync';
import { pattern } from '../support/bytes.js';
import { congestion } from '../support/link.js';
import { pki } from '../support/pki.js';

/** What is sent, over and over. */
const BLOCK = 65_521 * 4;
const block = pattern(BLOCK);
/** The length of a SHA-256 in hexadecimal, which Python sends behind its bytes. */
const DIGEST = 64;

export type Kind = 'plain' | 'TLSv1.2' | 'TLSv1.3' | 'starttls';

/** Where to go, and what to do there. All of it can be handed to a worker. */
export interface Errand {
  readonly host: string;
  readonly port: number;
  readonly kind: Kind;
  readonly bytes: number;
  readonly congestion: string;
  /** The root of their certificate. */
  readonly ca: string;
}

export interface Carried {
  readonly ms: number;
  readonly retransmitted: number;
  readonly tls: string;
}

/** The options of an errand's connection, for either entry point. */
export function optionsOf(errand: Errand, net: typeof promises | typeof blocking): promises.ConnectOptions<never> {
  const version = errand.kind === 'TLSv1.2' || errand.kind === 'TLSv1.3' ? errand.kind : null;
  return {
    timeout: '60s',
    options: [[net.options.TCP_CONGESTION, errand.congestion]],
    tls: version !== null && tlsOf(errand, version),
  };
}

export function tlsOf(errand: Errand, version?: 'TLSv1.2' | 'TLSv1.3'): promises.TlsOptions {
  return { ca: errand.ca, serverName: 'localhost', ...(version && { minVersion: version, maxVersion: version }) };
}

/** Promises: a loop that writes and one that reads. */
export async function carry(net: typeof promises, errand: Errand): Promise<Carried> {
  const begun = performance.now();
  const { host, port, kind, bytes } = errand;
  const conn = await net.connect(host, port, optionsOf(errand, net));
  if (kind === 'starttls') {
    await conn.writeLine('STARTTLS');
    assert.equal(await conn.readLine(), '220 go on');
    await conn.startTls({ ...tlsOf(errand), timeout: '60s' });
  }
  await conn.writeLine(String(bytes));
  const hash = createHash('sha256');
  await Promise.all([
    (async () => {
      for (let sent = 0; sent < bytes;) sent += await conn.write(next(sent, bytes));
    })(),
    (async () => {
      for (let got = 0; got < bytes;) {
        const piece = await conn.read(Math.min(65_536, bytes - got));
        assert.ok(piece, `the stream ended after ${got} bytes`);
        hash.update(piece);
        got += piece.length;
      }
    })(),
  ]);
  const theirs = (await conn.readExact(DIGEST)).toString();
  const retransmitted = conn.socket.tcpInfo().totalRetransmits ?? 0;
  check(bytes, hash, theirs);
  assert.equal(await conn.read(), null);
  const tls = conn.tls?.version ?? '';
  await conn.close({ timeout: '30s' });
  assert.deepEqual(conn.closeInfo, { by: 'remote', clean: true, truncated: false });
  return { ms: performance.now() - begun, retransmitted, tls };
}

/** Blocking: one thread that looks for what can go on, and waits for nothing else. */
export function carryBlocking(net: typeof blocking, errand: Errand): Carried {
  const begun = performance.now();
  const { host, port, kind, bytes } = errand;
  const conn = net.connect(host, port, optionsOf(errand, net));
  if (kind === 'starttls') {
    conn.writeLine('STARTTLS');
    assert.equal(conn.readLine(), '220 go on');
    conn.startTls({ ...tlsOf(errand), timeout: '60s' });
  }
  conn.writeLine(String(bytes));
  const hash = createHash('sha256');
  for (let sent = 0, got = 0; sent < bytes || got < bytes;) {
    const [ready] = net.select([[conn, { read: got < bytes, write: sent < bytes }]], { timeout: '60s' });
    assert.ok(ready, `nothing for a minute, after ${got} bytes received and ${sent} sent`);
    if (ready.write) sent += writeNow(net, conn, next(sent, bytes));
    if (ready.read && got < bytes) {
      const piece = readNow(net, conn, Math.min(65_536, bytes - got));
      assert.notEqual(piece, null, `the stream ended after ${got} bytes`);
      hash.update(piece!);
      got += piece!.length;
    }
  }
  const theirs = conn.readExact(DIGEST).toString();
  const retransmitted = conn.socket.tcpInfo().totalRetransmits ?? 0;
  check(bytes, hash, theirs);
  assert.equal(conn.read(), null);
  const tls = conn.tls?.version ?? '';
  conn.close({ timeout: '30s' });
  // Not "clean": writes that did not go out whole at once have failed, and the rest of them was written again.
  assert.deepEqual([conn.closeInfo?.by, conn.closeInfo?.truncated], ['remote', false]);
  return { ms: performance.now() - begun, retransmitted, tls };
}

/** Python: a listener for each kind, on every address. `ports` has their ports, by kind. */
export function farEnd(): string {
  const { server } = pki();
  return `
import hashlib, json, ssl
BLOCK = bytes((i * i + (i >> 3)) & 255 for i in range(65521)) * 4
AGAIN = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
def one_line(s):
    got = b''
    while not got.endswith(b'\\n'): got += exactly(s, 1)
    return got.strip().decode()
def pump(s, n):
    # So many bytes each way at once; the hash of those that came.
    s.setblocking(False)
    got, sent, seen, view = 0, 0, hashlib.sha256(), memoryview(BLOCK)
    while got < n or sent < n:
        moved = False
        if got < n:
            try:
                piece = s.recv(min(262144, n - got))
                if not piece: raise EOFError('%d bytes are missing' % (n - got))
                seen.update(piece); got += len(piece); moved = True
            except AGAIN: pass
        if sent < n:
            try:
                at = sent % len(BLOCK)
                sent += s.send(view[at:at + min(65536, n - sent)]); moved = True
            except AGAIN: pass
        if not moved: select.select([s], [s] if sent < n else [], [], 60)
    s.setblocking(True)
    return seen.hexdigest().encode()
def exchange(s): s.sendall(pump(s, int(one_line(s))))
def ask(address, n):
    # The other end of an exchange: the hashes of what came here and of what arrived there.
    s = congest(socket.create_connection(address))
    s.sendall(b'%d\\n' % n)
    here = pump(s, n)
    there = exactly(s, 64)
    s.shutdown(socket.SHUT_WR)
    everything(s)
    s.close()
    return [here.decode(), there.decode()]
def context(version):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version: c.minimum_version = c.maximum_version = version
    c.load_cert_chain(${JSON.stringify(server.certFile)}, ${JSON.stringify(server.keyFile)})
    return c
def secure(s, version): return context(version).wrap_socket(s, server_side=True)
def starttls(s):
    if one_line(s) != 'STARTTLS': raise ValueError
    s.sendall(b'220 go on\\r\\n')
    return secure(s, None)
def end(s, tls):
    # close_notify and the end of the stream; then the peer's.
    if tls: s = s.unwrap()
    s.shutdown(socket.SHUT_WR)
    everything(s)
    s.close()
wrong = []
def serve(kind, s):
    try:
        s = kinds[kind](s)
        exchange(s)
        end(s, kind != 'plain')
    except Exception as e:
        wrong.append('%s: %r' % (kind, e))
        s.close()
def accept(kind, listener):
    while True: begin(serve, kind, listener.accept()[0])
kinds = {
    'plain': lambda s: s,
    'TLSv1.2': lambda s: secure(s, ssl.TLSVersion.TLSv1_2),
    'TLSv1.3': lambda s: secure(s, ssl.TLSVersion.TLSv1_3),
    'starttls': starttls,
}
ports = {}
for kind in kinds:
    listener = congest(socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True))
    ports[kind] = listener.getsockname()[1]
    begin(accept, kind, listener)
`;
}

/** What an errand needs besides its place: the same for all of a run. */
export function errandTo(host: string, port: number, kind: Kind, bytes: number): Errand {
  return { host, port, kind, bytes, congestion, ca: pki().root.cert };
}

/** The next piece of what is sent. */
function next(sent: number, bytes: number): Buffer {
  const at = sent % BLOCK;
  return block.subarray(at, Math.min(at + 65_536, at + bytes - sent));
}

/** How much of it went out without waiting. */
function writeNow(net: typeof blocking, conn: blocking.SyncConn, piece: Buffer): number {
  try {
    return conn.write(piece, { timeout: 0 });
  } catch (error) {
    if (error instanceof net.TimeoutError) return error.bytesDone;
    throw error;
  }
}

/** What is there; over TLS that may be nothing yet, although the descriptor has bytes. */
function readNow(net: typeof blocking, conn: blocking.SyncConn, most: number): Buffer | null {
  try {
    return conn.read(most, { timeout: 0 });
  } catch (error) {
    if (error instanceof net.TimeoutError) return Buffer.alloc(0);
    throw error;
  }
}

/** The hash of so many bytes of what each end sends. */
export function digestOf(bytes: number): string {
  const wanted = createHash('sha256');
  for (let n = 0; n < bytes; n += BLOCK) wanted.update(block.subarray(0, Math.min(BLOCK, bytes - n)));
  return wanted.digest('hex');
}

function check(bytes: number, hash: Hash, theirs: string): void {
  const digest = digestOf(bytes);
  assert.equal(hash.digest('hex'), digest, 'what came is not what was sent');
  assert.equal(theirs, digest, 'what went is not what arrived');
}
