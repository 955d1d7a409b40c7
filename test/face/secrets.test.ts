// Owns the test that no secret gets into what people log: errors, events, what `inspect`, JSON and a report of the process show.
// The secrets are made anew each time, and looked for as text, hexadecimal, base64 and numbers.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify, inspect } from 'node:util';
import * as promises from 'berkeley';
import { codecs } from 'berkeley';
import * as sync from 'berkeley/sync';
import * as chapel from 'berkeley/dialects/chapel';
import * as fatscript from 'berkeley/dialects/fatscript';
import * as magnolia from 'berkeley/dialects/magnolia';
import * as qore from 'berkeley/dialects/qore';
import { names } from '../event/kit.js';
import { pki } from '../support/pki.js';

const it = pki();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const passphrase = mark();
const plaintext = mark();
const password = mark();
const encrypted = execFileSync(
  'openssl',
  ['pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-passout', 'stdin'].concat('-in', it.server.keyFile),
  {
    input: passphrase,
    encoding: 'utf8',
  },
);

/** What must not be seen, by its name. Keys and sessions join as they are made. */
const secrets = new Map<string, Buffer>([
  ['passphrase', Buffer.from(passphrase)],
  ['plaintext', Buffer.from(plaintext)],
  ['password', Buffer.from(password)],
  // The scalar of a P-256 key in PKCS#8 begins at byte 36.
  ['private key', der(it.server.key).subarray(36, 68)],
  ['client key', der(it.client.key).subarray(36, 68)],
  ['encrypted key', der(encrypted).subarray(-48)],
]);

test('a secret would be found', () => {
  const key = secrets.get('private key')!;
  const shown = [it.server.key, key.toString('hex'), inspect(key), JSON.stringify(key), `…${key.toString('base64')}`];
  for (const text of [
    ...shown,
    JSON.stringify({ a: [plaintext] }),
    inspect({ key: Buffer.from(`x${plaintext}`) }, { maxArrayLength: 99 }),
  ])
    assert.notDeepEqual(found(text), [], text);
  assert.deepEqual(found('nothing'), []);
});

test('objects, events and reports of a TLS connection show none of its secrets', async (t) => {
  const heard: unknown[] = [];
  for (const name of names) subscribe(`berkeley:${name}`, (message) => heard.push(message));
  const log: string[] = [];
  const keylog = (line: string) => log.push(line);
  const tls = {
    cert: it.server.cert,
    key: encrypted,
    passphrase,
    keylog,
    ca: it.root.cert,
    clientCert: 'require' as const,
  };
  const listener = await promises.listen('127.0.0.1:0', { tls });
  t.after(() => listener.close());
  const queue = promises.eventQueue();
  const identity = { cert: it.client.cert, key: it.client.key };
  const offer = { tls: { ...identity, ca: it.root.cert, serverName: 'localhost', keylog }, queue };
  const serving = listener.accept().then(async (server) => {
    await server.handshake();
    await server.write(plaintext);
    return server;
  });
  const client = await promises.connect(listener.address, offer);
  const server = await serving;
  t.after(() => client.abort());
  t.after(() => server.abort());
  assert.equal(String(await client.readExact(plaintext.length)), plaintext);
  await client.write([plaintext, Buffer.from(plaintext)]);
  await server.peek(1);
  const session = Buffer.from(client.tls!.session!);
  secrets.set('session', session.subarray(-96, -32));
  secrets.set('exported key', client.tls!.exportKey(32, 'EXPORTER-test'));
  assert.ok(log.length >= 8, log.join('\n'));
  for (const line of log) {
    const [label, , secret] = line.split(' ');
    secrets.set(`${label}`, Buffer.from(secret!, 'hex'));
  }
  while (heard.length < 6) await new Promise(setImmediate);
  const taken: readonly unknown[] = queue.drain();
  assert.ok(taken.length >= 4, `${taken.length} events in the queue`);
  const objects = {
    listener,
    server,
    client,
    socket: server.socket,
    tls: client.tls,
    'TLS of the server': server.tls,
    queue,
  };
  for (const [label, object] of Object.entries({ ...objects, heard, taken })) check(label, object);
  check('report', process.report.getReport());
  check('colours', [promises.share(client), sync.share(client)]);
});

test('errors of TLS tell nothing of keys, passphrases and sessions', async () => {
  const cert = it.server.cert;
  const bad = {
    'a wrong passphrase': { cert, key: encrypted, passphrase: `${password}x` },
    'no passphrase': { cert, key: encrypted },
    'a passphrase that is no string': { cert, key: encrypted, passphrase: { passphrase } },
    'bytes as a passphrase': { cert, key: encrypted, passphrase: Buffer.from(passphrase) },
    'a key of another certificate': { cert, key: it.client.key },
    'half a key': { cert, key: it.server.key.slice(0, -60) },
    'no key': { cert, key: password },
    'a key as a certificate': { cert: it.server.key, key: it.server.key },
    'a key in an object': { cert, key: { key: it.server.key } },
    'keys in an array': { cert, key: [it.server.key] },
    'no PKCS#12': { pfx: Buffer.from(it.server.key), passphrase },
    'PKCS#12 and a key': { pfx: Buffer.from(password), key: it.server.key, passphrase },
    'a session of somebody else': { session: Buffer.from(password.repeat(20)) },
    'a session that is text': { session: password },
    'a key as options': it.server.key,
    'options of node:tls': { rejectUnauthorized: { password }, key: it.server.key },
    'a key log that is none': { keylog: { password } },
    'an authority that is none': { ca: { password } },
  };
  for (const [label, tls] of Object.entries(bad)) {
    await fails(label, () => promises.connect('127.0.0.1:1', { tls: tls as never }));
    await fails(label, () => promises.listen('127.0.0.1:0', { tls: tls as never }).then((made) => made.close()), true);
    await fails(label, () => sync.listen('127.0.0.1:0', { tls: tls as never }).close(), true);
    await fails(label, () => promises.setDefaults({ tls: tls as never }), true);
  }
  promises.setDefaults({ tls: {} });
});

test('errors of misuse tell nothing of what was to be sent', async () => {
  const [conn, other] = promises.pair();
  const wrong = { plaintext, toString: () => plaintext } as never;
  const line = `AUTH PLAIN ${plaintext}\r\nRSET`;
  const frames = conn.framed(codecs.lines());
  const marked = conn.framed(codecs.delimited('\0'));
  const misuse: Record<string, () => unknown> = {
    data: () => conn.write(wrong),
    'pieces of data': () => conn.write([plaintext, wrong]),
    'a line': () => conn.writeLine(line),
    'no line': () => conn.writeLine(wrong),
    'a frame': () => frames.write(line),
    'no frame': () => frames.write(wrong),
    'a frame with its end in it': () => marked.write(Buffer.from(`${plaintext}\0`)),
    'a header': () => conn.writeHttpRequest({ method: 'GET', path: '/', headers: { Authorization: line } }),
    'an object in a header': () => conn.writeHttpRequest({ method: 'GET', path: '/', headers: { Cookie: wrong } }),
    'no headers': () => conn.writeHttpRequest({ method: 'GET', path: '/', headers: plaintext as never }),
    'a token in a path': () => conn.writeHttpRequest({ method: 'GET', path: `/?token=${plaintext} ` }),
    'a body where none may be': () => conn.writeHttpResponse({ status: 204, body: plaintext }),
    'a message': () => conn.socket.sendMsg({ data: wrong }),
    unread: () => conn.unread(wrong),
    'text without its encoding': () => Object.assign(conn, { encoding: 'ascii' }).write(`${plaintext}\u20ac`),
    'a user name': () => promises.connect(`tls://me:${password}@127.0.0.1:1`),
    'a user name without a scheme': () => promises.connect(`me:${password}@127.0.0.1:1`),
    'a user name in a host': () => promises.connect({ host: `me:${password}@localhost`, port: 1 }),
    'a user name in a URL': () => promises.connect(`https://me:${password}@localhost/x@y`),
    'a user name to listen on': () => promises.listen(`me:${password}@localhost:1`),
    Magnolia: () => magnolia.connect(`me:${password}@localhost:1`),
    FatScript: () => fatscript.connect(`me:${password}@localhost`, 1),
    Chapel: () => chapel.connect(`me:${password}@localhost`, 1),
    'Chapel, a record': () => chapel.connect({ password } as never),
    Qore: () => new qore.Socket().connect(`me:${password}@localhost:1`),
    'Qore, a key': () => new qore.Socket().setPrivateKey({ key: it.server.key } as never),
    'Qore, a passphrase': () => new qore.Socket().setPrivateKey(encrypted, password),
    'Qore, no passphrase': () => new qore.Socket().setPrivateKey(encrypted, { passphrase } as never),
  };
  for (const [label, call] of Object.entries(misuse)) await fails(label, call);
  conn.abort();
  other.abort();
  const key = new qore.SSLPrivateKey(it.server.key);
  check('a key of Qore', [key, Object.assign(new qore.Socket(), {})]);
});

test('errors of reading and writing tell nothing of what came and went', async () => {
  const failures: Record<string, (conn: promises.Conn<'async'>, peer: promises.Conn<'async'>) => Promise<unknown>> = {
    'a line without an end': (conn) => conn.readLine({ max: 8 }),
    'a delimiter that does not come': (conn) => conn.readUntil('\0', { max: 8 }),
    'too much': (conn) => conn.readAll({ max: 8 }),
    'no head of HTTP': (conn) => conn.readHttpHead({ timeout: 20 }),
    'no text': async (conn, peer) => {
      await peer.write(Buffer.from([0xff, 0x0a]));
      return conn.readLine();
    },
    'a frame that is too long': (conn) => conn.framed(codecs.lengthPrefixed('u8', { max: 8 })).read(),
    'too short': async (conn, peer) => {
      await peer.shutdown('wr');
      return conn.readExact(1000);
    },
    'a limit': (conn) => conn.readExact(1000, { timeout: 20 }),
    'a write that is not taken': (conn) => conn.write(Buffer.alloc(1 << 22, plaintext), { timeout: 20 }),
    'a peer that has gone': async (conn, peer) => {
      peer.abort();
      await conn.write(plaintext);
      return conn.write(plaintext);
    },
    'no handshake': (conn) => conn.startTls({ serverName: 'localhost', timeout: 20 }),
  };
  for (const [label, call] of Object.entries(failures)) {
    const [conn, peer] = promises.pair();
    await peer.write(`${plaintext} ${plaintext}\r\n`.slice(0, -2));
    await fails(label, () => call(conn, peer));
    check(label, [conn, peer]);
    conn.abort();
    peer.abort();
  }
});

test('neither the command nor the end of a program by an error shows a key', async (t) => {
  const listener = await promises.listen('127.0.0.1:0', { tls: { cert: it.server.cert, key: it.server.key } });
  t.after(() => listener.close());
  const port = String(listener.address.port);
  void listener
    .accept()
    .then((conn) => conn.handshake())
    .catch(() => undefined);
  const words = ['--json', '--cert', it.client.certFile, '--key', it.client.keyFile, `127.0.0.1:${port}`];
  const command = await outputOf(['dist/cli/main.js', 'tls', ...words]);
  assert.match(command, /"version"|"code"/);
  check('the command', command);
  const program = `import { listen } from 'berkeley';
await listen(0, { tls: { cert: process.env.CERT, key: process.env.KEY, passphrase: process.env.PASSWORD } });`;
  const env = { CERT: it.server.cert, KEY: encrypted, PASSWORD: password };
  const ended = await outputOf(['--input-type=module', '-e', program], env);
  assert.match(ended, /ERR_TLS/);
  check('the end of a program', ended);
});

async function fails(label: string, call: () => unknown, mayWork = false): Promise<void> {
  let made: unknown;
  try {
    made = await call();
  } catch (error) {
    check(label, withoutPartial(error));
    return;
  }
  // Magnolia answers.
  if (typeof made === 'object' && made !== null && 'error' in made) check(label, made);
  else assert.ok(mayWork, `${label} should have failed`);
}

/** What had arrived before the end is in `partial`, which is what it is for. */
function withoutPartial(error: unknown): unknown {
  if (error instanceof promises.EndOfStreamError) delete (error as { partial?: Buffer }).partial;
  return error;
}

function check(label: string, value: unknown): void {
  for (const text of texts(value)) {
    const seen = found(text);
    assert.deepEqual(seen, [], `${label}: ${seen.join()} in ${text.slice(0, 2000)}`);
  }
}

/** All that a program may log of it. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  const all = { depth: Infinity, showHidden: true, maxArrayLength: Infinity, maxStringLength: Infinity };
  const shown = [inspect(value, all), inspect(value), String(value), json(value)];
  if (value instanceof Error)
    shown.push(value.stack ?? '', value.message, ...(value.cause === undefined ? [] : texts(value.cause)));
  return shown;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
  } catch (error) {
    // Some of what Node shows goes round in circles.
    return String(error);
  }
}

/** The secrets that a text holds, in any of their forms. */
function found(text: string): string[] {
  const squeezed = text.replace(/\s+/g, '');
  const seen: string[] = [];
  for (const [name, bytes] of secrets) {
    // A part will do: what is cut off is half given away.
    const part = bytes.subarray(0, 16);
    const forms = [part.toString('latin1'), part.toString('hex'), part.toString('hex').toUpperCase(), [...part].join()];
    // Base64 depends on where in three bytes it begins.
    for (let shift = 0; shift < 3; shift++)
      forms.push(
        bytes
          .subarray(shift, shift + 15)
          .toString('base64')
          .slice(0, 20),
      );
    if (forms.some((form) => squeezed.includes(form.replace(/\s+/g, '')))) seen.push(name);
  }
  return seen;
}

function mark(): string {
  return randomBytes(24)
    .toString('hex')
    .replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)]!);
}

function der(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

async function outputOf(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: root, env: { ...process.env, ...env }, timeout: 30_000 };
  const ended = await promisify(execFile)(process.execPath, words, options).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return ended.stdout + ended.stderr;
}
