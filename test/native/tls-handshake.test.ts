// Owns the tests of the TLS addon's handshake: what is agreed on, asked and refused, between two sessions of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import {
  asked,
  clientContext,
  connected,
  der,
  identity,
  pair,
  serverContext,
  shake,
  status,
  tls,
  TLS12,
  TLS13,
  tlsResult,
  tlsStatus,
  trust,
  versions,
} from './sessions.js';

for (const [name, version] of versions) {
  test(`${name}: a handshake ends on both sides, and both know what was agreed on`, (t) => {
    const [client, server] = connected(t, { version, clientSession: { sni: 'localhost' } });
    for (const { facts } of [client, server]) {
      assert.equal(facts.version, name);
      assert.match(facts.cipher, version === TLS13 ? /^TLS_AES_/ : /^TLS_ECDHE_ECDSA_WITH_/);
      assert.equal(facts.cipherVersion, name);
      assert.match(facts.group!, /^(X25519|X25519MLKEM768)$/);
      assert.equal(facts.serverName, 'localhost');
      assert.deepEqual([facts.alpn, facts.resumed, facts.verifyResult, facts.ocsp], [null, false, 0, null]);
    }
    assert.equal(client.facts.cipher, server.facts.cipher);
    assert.deepEqual(tls.peerChain(client.session), der(pki().server.cert));
    assert.deepEqual(tls.peerChain(server.session), []);
    assert.deepEqual(tls.ownCertificate(server.session), der(pki().server.leaf)[0]);
    assert.equal(tls.ownCertificate(client.session), null);
    assert.deepEqual(client.failure, {
      ...{ reason: '', library: '', code: 0 },
      ...{ alertSent: -1, alertReceived: -1, verifyResult: 0, verifyDepth: 0 },
    });
  });

  test(`${name}: the last flight of a client goes out with flush and not before`, (t) => {
    const [first, second] = connected(t, { version });
    // With TLS 1.2 the client is last when it resumes.
    assert.equal(typeof second.write('x'), 'number');
    first.read();
    const server = serverContext({ minVersion: version, maxVersion: version });
    const client = clientContext({ minVersion: version, maxVersion: version });
    const [before, other] = connected(t, { client, server });
    other.write('x');
    before.read();
    const clientSession = { session: tls.newestSession(before.session) };
    const [one, two] = pair(t, { client, server, clientSession });
    let answer: number;
    while ((answer = tls.handshake(one.session, null)) !== 0) {
      assert.equal(answer, tlsResult.wantRead);
      two.shake();
    }
    assert.equal(one.facts.resumed, true);
    assert.ok(status[tlsStatus.unsent]! > 0);
    assert.equal(two.raw().length, 0, 'something went out before flush');
    assert.equal(tls.flush(one.session), 0);
    assert.equal(two.shake(), 0);
  });

  test(`${name}: every byte of a handshake may come by itself`, (t) => {
    const [client, server] = pair(t, { version });
    const [far, near] = pair(t, { version });
    // The ends of two pairs are crossed by hand, so that each byte is a segment.
    let one: number = tlsResult.wantRead;
    let other: number = tlsResult.wantRead;
    for (let turn = 0; turn < 10 && (one !== 0 || other !== 0); turn++) {
      if (one !== 0) one = client.shake();
      for (const byte of server.raw()) {
        far.send(Buffer.from([byte]));
        other = near.shake();
      }
      // What comes behind the handshake, the tickets, has nobody here who reads it.
      for (const byte of one === 0 ? [] : far.raw()) {
        if (one === 0) break;
        server.send(Buffer.from([byte]));
        one = client.shake();
      }
    }
    assert.deepEqual([one, other], [0, 0]);
  });
}

test('versions that do not meet end with the alert protocol_version', (t) => {
  const [client, server] = pair(t, {
    client: clientContext({ maxVersion: TLS12 }),
    server: serverContext({ minVersion: TLS13 }),
  });
  assert.deepEqual(shake(client, server), [tlsResult.failed, tlsResult.failed]);
  assert.equal(server.failure.reason, 'unsupported protocol');
  assert.equal(server.failure.library, 'SSL routines');
  assert.equal(server.failure.alertSent, 70);
  assert.equal(client.failure.alertReceived, 70);
});

test('what is no TLS fails on either side, and the reason says so', (t) => {
  const [client, peer] = pair(t);
  peer.hangUp();
  assert.equal(client.shake(), tlsResult.truncated);
  const [web, listener] = pair(t);
  web.send('GET / HTTP/1.0\r\n\r\n');
  assert.equal(listener.shake(), tlsResult.failed);
  assert.equal(listener.failure.reason, 'http request');
  const [noise, target] = pair(t);
  noise.send(Buffer.alloc(64, 0xa5));
  assert.equal(target.shake(), tlsResult.failed);
  assert.equal(target.failure.reason, 'wrong version number');
  const [caller, speaker] = pair(t);
  assert.equal(caller.shake(), tlsResult.wantRead);
  speaker.send('220 mail.example ESMTP\r\n');
  assert.equal(caller.shake(), tlsResult.failed);
  assert.equal(caller.failure.reason, 'wrong version number');
  assert.equal(caller.shake(), tlsResult.failed, 'again, it is still failed');
});

test('an alert that the peer sent before it closed is told, although sending fails', (t) => {
  const [client, server] = pair(t);
  assert.equal(client.shake(), tlsResult.wantRead);
  server.raw();
  server.send(Buffer.from('15030300020228', 'hex'));
  server.hangUp();
  assert.equal(client.shake(), tlsResult.failed);
  assert.equal(client.failure.alertReceived, 40);
});

test('a close_notify in the middle of a handshake fails it', (t) => {
  const [client, server] = pair(t);
  client.shake();
  server.send(Buffer.from('15030300020100', 'hex'));
  assert.equal(client.shake(), tlsResult.failed);
  assert.equal(client.failure.alertReceived, 0);
});

// ---- Names.

const hosts = (): { own: ReturnType<typeof identity>; other: ReturnType<typeof identity> } => ({
  own: identity(pki().server),
  other: identity((otherHost ??= pki().issue({ name: 'other.test' }))),
});
let otherHost: ReturnType<ReturnType<typeof pki>['issue']> | null = null;

for (const [name, version] of versions) {
  test(`${name}: the context of the asked name is used, with everything that is its own`, (t) => {
    const { other } = hosts();
    const only = { minVersion: version, maxVersion: version };
    const next = serverContext({
      ...other,
      ...only,
      verifyMode: 3,
      store: trust(pki().root),
      alpn: Buffer.from('\x02h2'),
      groups: 'P-384:P-256',
    });
    const server = serverContext({ asksName: true, groups: 'P-256', alpn: Buffer.from('\x08http/1.1') });
    const client = clientContext({ ...only, ...identity(pki().client), alpn: Buffer.from('\x08http/1.1\x02h2') });
    const names: (string | null)[] = [];
    const ends = pair(t, { client, server, clientSession: { sni: 'other.test', checkHost: 'other.test' } });
    const ask = asked('name', (asked) => {
      names.push(asked);
      return next;
    });
    assert.deepEqual(shake(...ends, null, ask), [0, 0]);
    assert.deepEqual(names, ['other.test'], 'asked once, also when the client was asked for another key share');
    assert.equal(ends[0].facts.alpn, 'h2');
    assert.equal(ends[0].facts.group, 'secp384r1');
    assert.deepEqual(tls.peerChain(ends[0].session), der(otherHost!.cert));
    assert.deepEqual(tls.peerChain(ends[1].session), der(pki().client.cert));
    assert.deepEqual(tls.ownCertificate(ends[1].session), der(otherHost!.leaf)[0]);
  });

  test(`${name}: the context of a name may ask for no certificate where the first does, and has its own versions`, (t) => {
    const next = serverContext({ minVersion: version, maxVersion: version });
    const server = serverContext({ asksName: true, verifyMode: 3, store: trust(pki().root), groups: 'P-256' });
    const ends = pair(t, { server, clientSession: { sni: 'localhost' } });
    assert.deepEqual(
      shake(
        ...ends,
        null,
        asked('name', () => next),
      ),
      [0, 0],
    );
    assert.equal(ends[1].facts.version, name);
    assert.match(ends[1].facts.group!, /X25519/, 'the groups of the first context must not stay');
  });

  test(`${name}: a name that is refused is told unrecognized_name`, (t) => {
    const only = { minVersion: version, maxVersion: version };
    const server = serverContext({ ...only, asksName: true });
    const ends = pair(t, { server, clientSession: { sni: 'who.test' } });
    const answers = shake(
      ...ends,
      null,
      asked('name', () => false),
    );
    assert.deepEqual(answers, [tlsResult.failed, tlsResult.failed]);
    assert.equal(ends[1].failure.alertSent, 112);
    assert.equal(ends[0].failure.alertReceived, 112);
  });

  test(`${name}: an exception out of the question for a name ends the handshake and comes out`, (t) => {
    const only = { minVersion: version, maxVersion: version };
    const ends = pair(t, { server: serverContext({ ...only, asksName: true }) });
    const boom = new Error('boom');
    const ask = asked('name', () => {
      throw boom;
    });
    ends[0].shake();
    assert.throws(
      () => ends[1].shake(ask),
      (error) => error === boom,
    );
    assert.equal(ends[1].shake(ask), tlsResult.failed);
    assert.equal(ends[0].shake(), tlsResult.failed);
    assert.equal(ends[0].failure.alertReceived, 80);
  });

  test(`${name}: a ticket of one virtual host is not good for another with other rules (CVE-2025-23419)`, (t) => {
    const only = { minVersion: version, maxVersion: version };
    const strict = { ...only, verifyMode: 3, store: trust(pki().root), sessionIdContext: Buffer.from('strict') };
    const open = serverContext({ ...only, sessionIdContext: Buffer.from('open') });
    const closed = serverContext(strict);
    const server = serverContext({ ...only, asksName: true, sessionIdContext: Buffer.from('first') });
    const client = clientContext({ ...only, ...identity(pki().client) });
    const ask = asked('name', (name) => (name === 'closed.test' ? closed : open));
    const visit = (sni: string, session: Buffer | null, own = client): ReturnType<typeof pair> => {
      const ends = pair(t, { client: own, server, clientSession: { sni, session, checkHost: null } });
      assert.deepEqual(shake(...ends, null, ask), [0, 0]);
      ends[1].write('x');
      ends[0].read();
      return ends;
    };
    const [first] = visit('open.test', null);
    const ticket = tls.newestSession(first.session);
    assert.equal(visit('open.test', ticket)[1].facts.resumed, true, 'the ticket is good where it was made');
    const [, strictServer] = visit('closed.test', ticket);
    assert.equal(strictServer.facts.resumed, false);
    assert.equal(tls.peerChain(strictServer.session).length, 2);
  });
}

test('the context of a name that is for TLS 1.3 alone refuses a client of TLS 1.2', (t) => {
  const next = serverContext({ minVersion: TLS13 });
  const client = clientContext({ maxVersion: TLS12 });
  const ends = pair(t, { client, server: serverContext({ asksName: true }) });
  const answers = shake(
    ...ends,
    null,
    asked('name', () => next),
  );
  assert.deepEqual(answers, [tlsResult.failed, tlsResult.failed]);
  assert.equal(ends[0].failure.alertReceived, 70);
});

test('without a name the question is asked with null, and null keeps the context', (t) => {
  const ends = pair(t, { server: serverContext({ asksName: true }) });
  const names: (string | null)[] = [];
  const ask = asked('name', (name) => {
    names.push(name);
    return null;
  });
  assert.deepEqual(shake(...ends, null, ask), [0, 0]);
  assert.deepEqual(names, [null]);
  assert.equal(ends[1].facts.serverName, null);
});

for (const [what, bytes] of [
  ['a NUL', 'evil\0.test'],
  ['a space', 'a b.test'],
  ['a byte above ASCII', 'caf\xe9.test'],
  ['a line break', 'a\n.test'],
] as const)
  test(`a name with ${what} in it is refused with illegal_parameter and never asked about`, (t) => {
    const [client, server] = pair(t, {
      server: serverContext({ asksName: true }),
      clientSession: { sni: 'x'.repeat(bytes.length) },
    });
    client.shake();
    const hello = server.raw();
    const at = hello.indexOf('x'.repeat(bytes.length));
    assert.ok(at > 0);
    hello.write(bytes, at, 'latin1');
    const [stranger, target] = pair(t, { server: serverContext({ asksName: true }) });
    stranger.send(hello);
    const ask = asked('name', () => assert.fail('asked'));
    assert.equal(target.shake(ask), tlsResult.failed);
    assert.equal(target.failure.alertSent, 47);
  });

// ---- ALPN.

const wire = (...names: string[]): Buffer =>
  Buffer.concat(names.map((name) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name)])));

for (const [name, version] of versions) {
  test(`${name}: of the protocols of both the server takes the first of its own`, (t) => {
    const only = { minVersion: version, maxVersion: version };
    const client = clientContext({ ...only, alpn: wire('http/1.1', 'h2', 'h2c') });
    const server = serverContext({ ...only, alpn: wire('h3', 'h2', 'http/1.1') });
    const ends = connected(t, { client, server });
    assert.deepEqual(
      ends.map((end) => end.facts.alpn),
      ['h2', 'h2'],
    );
    const [own] = connected(t, { client, server, clientSession: { alpn: wire('http/1.1') } });
    assert.equal(own.facts.alpn, 'http/1.1', "a connection's own offer counts");
    const none = connected(t, { client: clientContext(only), server });
    assert.equal(none[1].facts.alpn, null, 'who offers nothing is not refused');
  });

  test(`${name}: without a protocol in common the alert is no_application_protocol`, (t) => {
    const only = { minVersion: version, maxVersion: version };
    const client = clientContext({ ...only, alpn: wire('h2', 'h2c') });
    const ends = pair(t, { client, server: serverContext({ ...only, alpn: wire('h', 'h2cc') }) });
    assert.deepEqual(shake(...ends), [tlsResult.failed, tlsResult.failed]);
    assert.equal(ends[1].failure.alertSent, 120);
    assert.equal(ends[0].failure.alertReceived, 120);
  });
}
