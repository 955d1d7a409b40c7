// Owns the tests of what outlives a handshake in the TLS addon: sessions to resume, key logs, exported keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import {
  clientContext,
  connected,
  identity,
  pair,
  serverContext,
  shake,
  status,
  tls,
  tlsResult,
  tlsStatus,
  trust,
  versions,
  type End,
  type TlsContext,
} from './sessions.js';

/** The newest session, after the server has said something. */
function ticket([client, server]: [End, End]): Buffer {
  assert.equal(server.write('x'), 1);
  assert.equal(client.text(), 'x');
  const session = tls.newestSession(client.session);
  assert.ok(session !== null);
  return session;
}

for (const [name, version] of versions) {
  const only = { minVersion: version, maxVersion: version };

  test(`${name}: a session is resumed, by any context of the client, again and again`, (t) => {
    const server = serverContext(only);
    let session = ticket(connected(t, { version, server }));
    for (let round = 0; round < 3; round++) {
      const ends = connected(t, { version, server, clientSession: { session } });
      for (const { facts } of ends) {
        assert.equal(facts.resumed, true);
        assert.equal(facts.verifyResult, 0);
        assert.equal(facts.group === null, name === 'TLSv1.2', 'TLS 1.2 resumes without a key exchange');
      }
      assert.equal(tls.peerChain(ends[0].session).length, 1, 'only its own certificate is in the session');
      session = ticket(ends);
    }
  });

  test(`${name}: news says when a session came, and newestSession takes the news away`, (t) => {
    const [client, server] = connected(t, { version });
    if (name === 'TLSv1.3') assert.equal(tls.newestSession(client.session), null, 'there is no ticket yet');
    ticket([client, server]);
    server.write('y');
    client.read();
    assert.equal(status[tlsStatus.news], 0);
    assert.equal(tls.newestSession(server.session)?.length ?? 0, tls.newestSession(server.session)?.length ?? 0);
  });

  test(`${name}: another context resumes only with shared ticket keys`, (t) => {
    const old = serverContext(only);
    const session = ticket(connected(t, { version, server: old }));
    const next = serverContext(only);
    const visit = (server: TlsContext): boolean =>
      connected(t, { version, server, clientSession: { session } })[1].facts.resumed;
    assert.equal(visit(next), false);
    tls.contextShareTickets(old, next);
    assert.equal(visit(next), true);
    const other = serverContext({ ...only, sessionIdContext: Buffer.from('other') });
    tls.contextShareTickets(old, other);
    assert.equal(visit(other), false, 'another session id context');
  });

  test(`${name}: a session whose certificate was never good is not resumed where it must be`, (t) => {
    const server = serverContext(only);
    const client = clientContext({ ...only, store: null });
    const session = ticket(connected(t, { client, server, clientSession: { enforce: false } }));
    const [again] = connected(t, { client, server, clientSession: { enforce: false, session } });
    assert.equal(again.facts.resumed, true);
    assert.equal(again.facts.verifyResult, 20, 'the finding of the first time');
    const strict = pair(t, { client, server, clientSession: { session } });
    assert.deepEqual(shake(...strict), [tlsResult.failed, tlsResult.wantRead], 'not even the last flight went out');
    assert.equal(strict[0].failure.verifyResult, 20);
    const [asks] = connected(t, { client, server, clientSession: { session, asksVerdict: true } });
    assert.equal(asks.facts.verifyResult, 20, 'whoever decides alone is not asked, and looks at the facts');
  });

  test(`${name}: a server that insists on a certificate takes no session from times when it did not`, (t) => {
    const open = serverContext(only);
    const session = ticket(connected(t, { version, server: open }));
    // The session id context should differ; this is what happens when somebody forgets it.
    const strict = serverContext({ ...only, verifyMode: 3, store: trust(pki().root) });
    tls.contextShareTickets(open, strict);
    const ends = pair(t, { version, server: strict, clientSession: { session } });
    assert.equal(shake(...ends)[1], tlsResult.failed);
  });

  test(`${name}: a client's certificate survives a resumption`, (t) => {
    const server = serverContext({ ...only, verifyMode: 3, store: trust(pki().root) });
    const client = clientContext({ ...only, ...identity(pki().client) });
    const session = ticket(connected(t, { client, server }));
    const [, again] = connected(t, { client, server, clientSession: { session } });
    assert.equal(again.facts.resumed, true);
    assert.equal(tls.peerChain(again.session).length, 1);
  });

  test(`${name}: the key log has the lines of this connection, once, and only when it is wanted`, (t) => {
    const client = clientContext(only);
    const server = serverContext(only);
    const ends = pair(t, { client, server, clientSession: { keylog: true }, serverSession: { keylog: true } });
    shake(...ends);
    const [quiet] = connected(t, { client, server });
    const [lines, others] = ends.map((end) => tls.keylog(end.session));
    const labels = lines!.map((line) => line.split(' ')[0]);
    const expected = ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0', 'EXPORTER_SECRET'];
    expected.push('SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0');
    assert.deepEqual(labels.sort(), name === 'TLSv1.2' ? ['CLIENT_RANDOM'] : expected);
    assert.deepEqual(lines!.sort(), others!.sort());
    for (const line of lines!) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$/);
    assert.deepEqual(tls.keylog(ends[0].session), []);
    assert.deepEqual(tls.keylog(quiet.session), []);
  });

  test(`${name}: both ends export the same keys, and other labels, contexts and connections give others`, (t) => {
    const [client, server] = connected(t, { version });
    const [stranger] = connected(t, { version });
    const key = (end: End, label: string, context: Uint8Array | null, length = 32): string =>
      tls.exportKey(end.session, length, label, context)!.toString('hex');
    const label = 'EXPORTER-Channel-Binding';
    const seen = new Set<string>();
    for (const [word, context] of [
      [label, null],
      [label, Buffer.from('a')],
      ['EXPERIMENTAL other', null],
    ] as const) {
      const mine = key(client, word, context);
      assert.equal(mine, key(server, word, context));
      assert.equal(mine.length, 64);
      seen.add(mine);
    }
    seen.add(key(stranger, label, null));
    assert.equal(seen.size, 4);
    // RFC 5705 §4: with TLS 1.2 no context and an empty one differ; RFC 8446 §7.5: with TLS 1.3 they do not.
    assert.equal(key(client, label, null) === key(client, label, Buffer.alloc(0)), name === 'TLSv1.3');
    assert.equal(tls.exportKey(client.session, 1000, label, null)!.length, 1000);
    assert.equal(tls.exportKey(client.session, -1, label, null), null);
    if (name === 'TLSv1.2') assert.equal(tls.exportKey(client.session, 16, 'client finished', null), null);
    tls.sessionFree(client.session);
    assert.equal(tls.exportKey(client.session, 16, label, null), null);
  });

  test(`${name}: the Finished messages are the same on both ends`, (t) => {
    const [client, server] = connected(t, { version });
    const length = name === 'TLSv1.2' ? 12 : 48;
    for (const ours of [true, false]) {
      const message = tls.finished(client.session, ours);
      assert.equal(message.length, length);
      assert.deepEqual(message, tls.finished(server.session, !ours));
    }
  });
}

test('a handshake that has not happened exports nothing', (t) => {
  const [client] = pair(t);
  assert.equal(tls.exportKey(client.session, 16, 'EXPORTER-Channel-Binding', null), null);
  assert.equal(tls.finished(client.session, true).length, 0);
  assert.equal(tls.newestSession(client.session), null);
  assert.deepEqual(tls.keylog(client.session), []);
});

test('a session with anything behind it, or that is none, is refused', (t) => {
  const session = ticket(connected(t));
  for (const bad of [Buffer.alloc(0), Buffer.from('garbage'), session.subarray(1), Buffer.concat([session, session])])
    assert.throws(() => pair(t, { clientSession: { session: bad } }), { code: 'ERR_TLS_INVALID' });
});
