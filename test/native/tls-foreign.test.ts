// Owns the tests of the TLS addon against other implementations: Python's ssl and the openssl command.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import * as sync from 'berkeley/sync';
import { pki } from '../support/pki.js';
import { installed, temporaryFolder } from '../support/server.js';
import {
  clientContext,
  descriptors,
  der,
  End,
  identity,
  native,
  serverContext,
  tls,
  tlsResult,
  trust,
  versions,
  type TlsContext,
  type SessionSettings,
} from './sessions.js';

const { POLLIN, POLLOUT } = native.constants as Record<string, number>;

/** Repeats a call until it no longer wants to wait. The peer is another process. */
function settle(end: End, call: () => number): number {
  for (;;) {
    const answer = call();
    const events = answer === tlsResult.wantRead ? POLLIN : answer === tlsResult.wantWrite ? POLLOUT : undefined;
    if (events === undefined) return answer;
    assert.ok(native.poll(end.fd, events, 10_000) > 0, 'nothing happened for ten seconds');
  }
}

function writeAll(end: End, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += settle(end, () => tls.write(end.session, bytes, at, bytes.length - at));
  assert.equal(
    settle(end, () => tls.flush(end.session)),
    0,
  );
}

/** Up to `length` bytes, or what comes before the end. */
function readAll(end: End, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const count = settle(end, () => tls.read(end.session, buffer, at, length - at, true));
    if (count <= 0) break;
    at += count;
  }
  return buffer.subarray(0, at);
}

const handshake = (end: End): number => settle(end, () => end.shake());

interface Foreign {
  line: () => Promise<string>;
  child: ChildProcess;
}

function program(
  t: TestContext,
  words: [string, ...string[]],
  inherited: number[],
  errors: 'inherit' | 'ignore',
): Foreign {
  const child = spawn(words[0], words.slice(1), { stdio: ['pipe', 'pipe', errors, ...inherited] });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  });
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    line: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${words[0]} ended`);
      return value;
    },
  };
}

const prelude = `
import base64, hashlib, json, socket, ssl, sys
sock = socket.socket(fileno=3)
sock.setblocking(True)
def say(**facts): print(json.dumps(facts), flush=True)
def exactly(n):
    parts = []
    while n > 0:
        part = s.recv(min(n, 65536))
        if not part: raise EOFError(n)
        parts.append(part); n -= len(part)
    return b''.join(parts)
def text(v): return None if v is None else base64.b64encode(v).decode()
def facts(**more): say(version=s.version(), cipher=s.cipher()[0], alpn=s.selected_alpn_protocol(), reused=s.session_reused,
    unique=text(s.get_channel_binding('tls-unique')), peer=text(s.getpeercert(True)), **more)
`;

interface Facts {
  version: string;
  cipher: string;
  alpn: string | null;
  reused: boolean;
  unique: string | null;
  peer: string | null;
  sha?: string;
  asked?: string;
}

/** Our end of a connection with a Python that runs `source`. */
function python(
  t: TestContext,
  context: TlsContext,
  settings: Partial<SessionSettings>,
  source: string,
): [End, Foreign] {
  const [own, other] = descriptors();
  native.setBlocking(other, true);
  const foreign = program(t, ['python3', '-c', prelude + source], [other], 'inherit');
  native.close(other);
  const end = new End(context, own, settings);
  t.after(() => end.close());
  return [end, foreign];
}

const said = async (foreign: Foreign): Promise<Facts> => JSON.parse(await foreign.line()) as Facts;
const file = (path: string): string => JSON.stringify(path);
const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 7919) >> 3));
const sha = createHash('sha256').update(bytes).digest('hex');

for (const [name, version] of versions) {
  const only = { minVersion: version, maxVersion: version };
  const bounds = `c.minimum_version = c.maximum_version = ssl.TLSVersion.${name.replace(/\./, '_')}`;

  test(`${name}: Python's server and our client agree on everything, and megabytes go both ways`, async (t) => {
    const { server, root } = pki();
    const client = clientContext({ ...only, ...identity(pki().client) });
    const settings = { sni: 'localhost', checkHost: 'localhost', alpn: Buffer.from('\x02h2\x08http/1.1') };
    const [end, peer] = python(
      t,
      client,
      settings,
      `
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
${bounds}
c.load_cert_chain(${file(server.certFile)}, ${file(server.keyFile)})
c.load_verify_locations(${file(root.certFile)})
c.verify_mode = ssl.CERT_REQUIRED
c.set_alpn_protocols(['http/1.1'])
asked = []
c.sni_callback = lambda s, name, c: asked.append(name)
s = c.wrap_socket(sock, server_side=True)
facts(asked=asked[0])
got = exactly(${bytes.length})
s.sendall(got)
say(sha=hashlib.sha256(got).hexdigest())
s = s.unwrap()
s.sendall(b'in the clear')
s.close()`,
    );
    assert.equal(handshake(end), 0);
    const theirs = await said(peer);
    const { facts } = end;
    assert.equal(theirs.version, name);
    assert.equal(facts.version, name);
    assert.equal(theirs.asked, 'localhost');
    assert.deepEqual([facts.alpn, theirs.alpn], ['http/1.1', 'http/1.1']);
    assert.equal(theirs.peer, der(pki().client.leaf)[0]!.toString('base64'));
    assert.equal(theirs.unique, tls.finished(end.session, true).toString('base64'));
    if (name === 'TLSv1.3') assert.equal(facts.cipher, theirs.cipher);
    writeAll(end, bytes);
    assert.ok(readAll(end, bytes.length).equals(bytes));
    assert.equal((await said(peer)).sha, sha);
    assert.equal(readAll(end, 10).length, 0, 'close_notify');
    assert.equal(tls.closeNotify(end.session), 0);
    let plain = tls.leftover(end.session).toString();
    while (plain.length < 12) {
      end.readable();
      plain += end.raw().toString();
    }
    assert.equal(plain, 'in the clear');
  });

  test(`${name}: Python's client and our server agree on everything, and megabytes go both ways`, async (t) => {
    const { client, root } = pki();
    const server = serverContext({ ...only, verifyMode: 3, store: trust(root), alpn: Buffer.from('\x02h2') });
    const [end, peer] = python(
      t,
      server,
      { server: true },
      `
c = ssl.create_default_context(cafile=${file(root.certFile)})
${bounds}
c.load_cert_chain(${file(client.certFile)}, ${file(client.keyFile)})
c.set_alpn_protocols(['http/1.1', 'h2'])
s = c.wrap_socket(sock, server_hostname='localhost')
facts()
got = exactly(${bytes.length})
s.sendall(got)
say(sha=hashlib.sha256(got).hexdigest())
sys.stdin.readline()
sock = s.unwrap()
sock.sendall(b'in the clear')`,
    );
    assert.equal(handshake(end), 0);
    const theirs = await said(peer);
    assert.equal(theirs.version, name);
    assert.deepEqual([end.facts.alpn, theirs.alpn, end.facts.serverName], ['h2', 'h2', 'localhost']);
    assert.equal(theirs.peer, der(pki().server.leaf)[0]!.toString('base64'));
    assert.equal(theirs.unique, tls.finished(end.session, false).toString('base64'));
    assert.deepEqual(tls.peerChain(end.session), der(client.cert));
    writeAll(end, bytes);
    assert.ok(readAll(end, bytes.length).equals(bytes));
    assert.equal((await said(peer)).sha, sha);
    // Our close_notify and text in the clear right behind it; Python's answer likewise.
    assert.equal(tls.closeNotify(end.session), 0);
    peer.child.stdin!.write('\n');
    assert.equal(readAll(end, 10).length, 0);
    let plain = tls.leftover(end.session).toString();
    while (plain.length < 12) {
      end.readable();
      plain += end.raw().toString();
    }
    assert.equal(plain, 'in the clear');
  });

  test(`${name}: Python's server resumes our session`, async (t) => {
    const { server } = pki();
    const [one, first] = python(
      t,
      clientContext(only),
      {},
      `
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
${bounds}
c.load_cert_chain(${file(server.certFile)}, ${file(server.keyFile)})
for last in (False, True):
    s = c.wrap_socket(sock, server_side=True)
    s.sendall(b'x')
    facts()
    if not last: sock = s.unwrap()`,
    );
    assert.equal(handshake(one), 0);
    assert.equal(readAll(one, 1).toString(), 'x');
    const session = tls.newestSession(one.session);
    assert.equal((await said(first)).reused, false);
    assert.equal(readAll(one, 1).length, 0);
    assert.equal(tls.closeNotify(one.session), 0);
    assert.equal(tls.leftover(one.session).length, 0);
    // A second handshake over the same descriptor, now that it is in the clear again.
    const again = new End(clientContext(only), one.fd, { session });
    assert.equal(handshake(again), 0);
    assert.equal(again.facts.resumed, true);
    assert.equal((await said(first)).reused, true);
    tls.sessionFree(again.session);
  });

  test(`${name}: the openssl command exports the same key, and our stapled response satisfies it`, async (t) => {
    if (installed(t, 'openssl') === null) return;
    const path = join(temporaryFolder(t), 'tls.sock');
    const listener = sync.listen(path);
    t.after(() => listener.close());
    const words = ['s_client', '-unix', path, '-CAfile', pki().root.certFile, '-servername', 'localhost', '-status'];
    const export_ = ['-keymatexport', 'EXPORTER-test', '-keymatexportlen', '24', '-verify_return_error'];
    const { child, line } = program(t, ['openssl', ...words, ...export_], [], 'ignore');
    const fd = listener.accept({ timeout: '10s' }).socket.detach();
    assert.ok(native.own(fd) >= 0);
    const end = new End(serverContext({ ...only, staple: pki().ocsp(pki().server).content }), fd, { server: true });
    t.after(() => end.close());
    assert.equal(handshake(end), 0);
    const text: string[] = [];
    const saw = async (what: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const one = await line();
        text.push(one);
        const found = what.exec(one);
        if (found !== null) return found;
      }
    };
    await saw(/OCSP Response Status: successful/);
    await saw(/Verify return code: 0/).catch((error: unknown) => assert.fail(`${String(error)}\n${text.join('\n')}`));
    const [, key] = await saw(/^ *Keying material: ([0-9A-F]+)/);
    assert.equal(key!.toLowerCase(), tls.exportKey(end.session, 24, 'EXPORTER-test', null)!.toString('hex'));
    const type = (text: string): Promise<void> =>
      new Promise((resolve) => void child.stdin!.write(text, () => resolve()));
    if (name === 'TLSv1.3') {
      await type('K\n');
      end.readable();
      assert.equal(end.read(), tlsResult.wantRead, 'a KeyUpdate of OpenSSL itself');
    }
    await type('hello\n');
    assert.equal(readAll(end, 6).toString(), 'hello\n');
    writeAll(end, Buffer.from('and back\n'));
    await saw(/and back/);
  });
}

test('a server that wants to renegotiate gets no second handshake out of a client', async (t) => {
  if (installed(t, 'openssl') === null) return;
  const { server } = pki();
  const path = join(temporaryFolder(t), 'tls.sock');
  const words = ['s_server', '-unix', path, '-tls1_2', '-cert', server.certFile, '-key', server.keyFile];
  const { child, line } = program(t, ['openssl', ...words, '-cert_chain', server.chainFile], [], 'ignore');
  while (!(await line()).includes('ACCEPT'));
  const fd = sync.connect(path, { timeout: '10s' }).socket.detach();
  assert.ok(native.own(fd) >= 0);
  const end = new End(clientContext(), fd, { checkHost: 'localhost' });
  t.after(() => end.close());
  assert.equal(handshake(end), 0);
  await new Promise((resolve) => child.stdin!.write('r\n', resolve));
  assert.equal(readAll(end, 1).length, 0);
  assert.equal(end.read(), tlsResult.failed, 'the server takes no for an answer, and ends');
  assert.equal(end.failure.alertReceived, 40);
});
