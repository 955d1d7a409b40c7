// Owns the tests of how the TLS addon checks the peer: chains, names, verdicts, client certificates, stapled responses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysFromNow, pki, type Issued } from '../support/pki.js';
import {
  asked,
  clientContext,
  connected,
  der,
  identity,
  pair,
  serverContext,
  shake,
  tls,
  tlsResult,
  trust,
  versions,
  type End,
  type SessionSettings,
} from './sessions.js';

const { failed } = tlsResult;
const made = new Map<string, Issued>();
const once = (name: string, make: () => Issued): Issued => {
  if (!made.has(name)) made.set(name, make());
  return made.get(name)!;
};
const expired = (): Issued => once('expired', () => pki().issue({ name: 'old.test', notAfter: daysFromNow(-1 / 24) }));
const partial = (): Issued => once('partial', () => pki().issue({ name: 'part.test', san: ['DNS:f*.part.test'] }));
const stranger = (): Issued => once('stranger', () => pki().issue({ name: 'Other root', ca: true, issuer: 'self' }));

/** What a client that trusts the root finds wrong with a certificate: [code, depth]. */
const findings: [
  what: string,
  one: () => Issued | null,
  settings: Partial<SessionSettings>,
  code: number,
  depth: number,
][] = [
  ['nothing', () => pki().server, { checkHost: 'localhost' }, 0, 0],
  ['another name', () => pki().server, { checkHost: 'else.test' }, 62, 0],
  ['a wildcard that would have to cover two labels', () => pki().server, { checkHost: 'a.b.wild.test' }, 62, 0],
  ['a wildcard in the middle of a label', partial, { checkHost: 'foo.part.test' }, 62, 0],
  ['another address', () => pki().server, { checkHost: null, checkIp: Buffer.from([127, 0, 0, 2]) }, 64, 0],
  ['nothing by address', () => pki().server, { checkHost: null, checkIp: Buffer.from([127, 0, 0, 1]) }, 0, 0],
  ['no intermediate', () => ({ ...pki().server, cert: pki().server.leaf }), { checkHost: 'localhost' }, 20, 0],
  ['an end in the past', expired, { checkHost: 'old.test' }, 10, 0],
  ['an end in the past and another name', expired, { checkHost: 'else.test' }, 10, 0],
];

for (const [name, version] of versions) {
  const only = { minVersion: version, maxVersion: version };
  const check = (end: End, verdict: (code: number, depth: number) => boolean, other: End): [number, number] =>
    shake(end, other, asked('verdict', verdict));

  for (const [what, one, settings, code, depth] of findings)
    test(`${name}: the check finds ${what}: ${tls.verifyCodes[code]}`, (t) => {
      const server = serverContext({ ...only, ...identity(one()!) });
      const ends = pair(t, { server, clientSession: settings });
      assert.deepEqual(shake(...ends), code === 0 ? [0, 0] : [failed, failed]);
      assert.equal(ends[0].facts.verifyResult, code);
      assert.equal(ends[0].failure.verifyResult, code);
      assert.equal(ends[0].failure.verifyDepth, depth);
      if (code !== 0) {
        assert.equal(ends[0].failure.reason, 'certificate verify failed');
        assert.equal(ends[0].failure.alertSent, ends[1].failure.alertReceived);
        assert.notEqual(ends[0].failure.alertSent, -1);
      }
    });

  test(`${name}: an unknown authority is 20, not 21, and the alert is unknown_ca`, (t) => {
    for (const store of [trust(stranger()), null]) {
      const [client, server] = pair(t, { version, client: clientContext({ ...only, store }) });
      assert.deepEqual(shake(client, server), [failed, failed]);
      assert.equal(client.failure.verifyResult, 20);
      assert.equal(client.failure.verifyDepth, 1);
      assert.equal(server.failure.alertReceived, 48);
    }
  });

  test(`${name}: an unknown authority counts more than a wrong name`, (t) => {
    const client = clientContext({ ...only, store: null });
    const ends = pair(t, { version, client, clientSession: { checkHost: 'else.test' } });
    shake(...ends);
    assert.equal(ends[0].failure.verifyResult, 20);
  });

  test(`${name}: without enforcement the handshake goes on, and the facts tell`, (t) => {
    const client = clientContext({ ...only, store: null });
    const [end] = connected(t, { version, client, clientSession: { enforce: false } });
    assert.equal(end.facts.verifyResult, 20);
    assert.equal(end.failure.verifyResult, 0, 'nothing failed');
  });

  test(`${name}: the verdict is asked with the finding, the chain and the facts at hand, and decides`, (t) => {
    const ends = pair(t, { version, clientSession: { asksVerdict: true, checkHost: 'else.test' } });
    const seen: unknown[] = [];
    const answers = check(
      ends[0],
      (...words) => {
        seen.push(words, tls.peerChain(ends[0].session), ends[0].facts.version, ends[0].facts.verifyResult);
        return true;
      },
      ends[1],
    );
    assert.deepEqual(answers, [0, 0]);
    assert.deepEqual(seen, [[62, 0], der(pki().server.cert), name, 62]);
    assert.equal(ends[0].facts.verifyResult, 62);
  });

  test(`${name}: a verdict against a good chain is 50, and nothing but the alert goes out`, (t) => {
    const ends = pair(t, { version, clientSession: { asksVerdict: true } });
    assert.deepEqual(
      check(ends[0], () => false, ends[1]),
      [failed, failed],
    );
    assert.equal(ends[0].failure.verifyResult, 50);
    assert.equal(tls.verifyCodes[50], 'APPLICATION_VERIFICATION');
    assert.deepEqual([ends[0].failure.alertSent, ends[1].failure.alertReceived], [40, 40]);
  });

  test(`${name}: only true accepts`, (t) => {
    for (const answer of [undefined, 1, 'yes', {}, null]) {
      const ends = pair(t, { version, clientSession: { asksVerdict: true } });
      assert.deepEqual(
        check(ends[0], () => answer as boolean, ends[1]),
        [failed, failed],
      );
    }
    const ends = pair(t, { version, clientSession: { asksVerdict: true } });
    assert.deepEqual(shake(...ends), [failed, failed], 'nobody to ask');
  });

  test(`${name}: an exception out of the verdict ends the handshake and comes out`, (t) => {
    const ends = pair(t, { version, clientSession: { asksVerdict: true, enforce: false } });
    const boom = new Error('boom');
    ends[0].shake();
    ends[1].shake();
    const ask = asked('verdict', () => {
      throw boom;
    });
    assert.throws(
      () => ends[0].shake(ask),
      (error) => error === boom,
    );
    assert.equal(ends[0].shake(ask), failed);
    assert.equal(ends[1].shake(), failed);
    assert.equal(ends[1].failure.alertReceived, ends[0].failure.alertSent);
  });

  test(`${name}: a session may be freed out of the verdict`, (t) => {
    const ends = pair(t, { version, clientSession: { asksVerdict: true } });
    const [client, server] = ends;
    const inside: number[] = [];
    const answers = check(
      client,
      () => {
        tls.sessionFree(client.session);
        tls.sessionFree(client.session);
        inside.push(client.shake(), tls.flush(client.session), Number(client.read()));
        return true;
      },
      server,
    );
    assert.equal(answers[0], tlsResult.invalid);
    assert.deepEqual(inside, [tlsResult.invalid, tlsResult.invalid, tlsResult.invalid]);
    assert.equal(server.raw().length, 0, 'nothing went out');
    assert.deepEqual(client.facts.version, '');
  });

  // ---- Client certificates.

  const asking = { ...only, verifyMode: 1 };
  const insisting = { ...only, verifyMode: 3 };

  test(`${name}: a client certificate is asked for, checked and told, with the authorities that are welcome`, (t) => {
    const welcome = { store: trust(pki().root), clientCas: der(pki().root.leaf) };
    for (const rules of [asking, insisting]) {
      const server = serverContext({ ...rules, ...welcome });
      const client = clientContext({ ...only, ...identity(pki().client) });
      const ends = connected(t, { client, server });
      assert.deepEqual(tls.peerChain(ends[1].session), der(pki().client.cert));
      assert.equal(ends[1].facts.verifyResult, 0);
    }
    const open = connected(t, { version, server: serverContext({ ...asking, ...welcome }) });
    assert.deepEqual(tls.peerChain(open[1].session), []);
  });

  test(`${name}: a server that insists refuses a client without a certificate, and one of a stranger`, (t) => {
    const server = serverContext({ ...insisting, store: trust(pki().root) });
    const bare = pair(t, { version, server });
    assert.equal(shake(...bare)[1], failed);
    assert.equal(bare[1].failure.reason, 'peer did not return a certificate');
    assert.equal(bare[1].failure.verifyResult, 0);
    assert.equal(bare[1].failure.alertSent, name === 'TLSv1.3' ? 116 : 40);
    const odd = once('odd', () => pki().issue({ name: 'odd', usage: 'client', issuer: stranger() }));
    const client = clientContext({ ...only, ...identity(odd) });
    const ends = pair(t, { client, server });
    assert.equal(shake(...ends)[1], failed);
    assert.equal(ends[1].failure.verifyResult, 20);
    // With TLS 1.3 the client hears of it when it reads.
    if (name === 'TLSv1.3') assert.equal(ends[0].read(), failed);
    assert.equal(ends[0].failure.alertReceived, 48);
    const asked = pair(t, { client, server: serverContext({ ...asking, store: trust(pki().root) }) });
    assert.equal(shake(...asked)[1], failed, 'what is shown must be valid');
  });

  // ---- Stapled responses.

  const staples: [what: string, staple: () => Buffer | null, good: boolean][] = [
    ['a good one', () => pki().ocsp(pki().server).content, true],
    ['none', () => null, false],
    ['one that says revoked', () => pki().ocsp(pki().server, { status: 'revoked' }).content, false],
    ['one that says unknown', () => pki().ocsp(pki().server, { status: 'unknown' }).content, false],
    ['one about another certificate', () => pki().ocsp(expired()).content, false],
    ['one that a stranger signed', () => pki().ocsp(pki().server, { signer: stranger() }).content, false],
    ['garbage', () => Buffer.from('garbage'), false],
    [
      'one of a responder that the issuer has named',
      () => pki().ocsp(pki().server, { signer: pki().issue({ name: 'responder', usage: 'ocsp' }) }).content,
      true,
    ],
    [
      'one of a server of the same issuer',
      () => pki().ocsp(pki().server, { signer: pki().issue({ name: 'no responder' }) }).content,
      false,
    ],
  ];
  for (const [what, make, good] of staples)
    test(`${name}: of stapled responses, ${what} is ${good ? 'accepted' : 'refused'} where one is required`, (t) => {
      const staple = make();
      const server = serverContext({ ...only, staple });
      const ends = pair(t, { server, clientSession: { ocsp: 2 } });
      assert.deepEqual(shake(...ends), good ? [0, 0] : [failed, failed]);
      if (!good) {
        assert.equal(ends[0].failure.reason, 'invalid status response');
        assert.equal(ends[1].failure.alertReceived, 113);
        assert.equal(ends[0].failure.verifyResult, 0);
      }
      const [asking] = connected(t, { server, clientSession: { ocsp: 1 } });
      assert.deepEqual(asking.facts.ocsp, staple, 'where it is only requested, it is handed on as it is');
      const [off] = connected(t, { server });
      assert.equal(off.facts.ocsp, null);
    });

  test(`${name}: a resumption needs no stapled response`, (t) => {
    const server = serverContext({ ...only, staple: pki().ocsp(pki().server).content });
    const client = clientContext(only);
    const first = connected(t, { client, server, clientSession: { ocsp: 2 } });
    first[1].write('x');
    first[0].read();
    const session = tls.newestSession(first[0].session);
    const [again] = connected(t, { client, server, clientSession: { ocsp: 2, session } });
    assert.equal(again.facts.resumed, true);
  });

  test(`${name}: a client that is to check refuses a server without any certificate`, (t) => {
    if (version !== 0x0303) return;
    const anonymous = { ...only, ciphers: 'ADH-AES128-GCM-SHA256:@SECLEVEL=0', securityLevel: 0 };
    const server = serverContext({ ...anonymous, chain: [], key: null });
    const ends = pair(t, { client: clientContext(anonymous), server });
    assert.equal(shake(...ends)[0], failed);
    assert.equal(ends[0].failure.verifyResult, 1);
    connected(t, { client: clientContext(anonymous), server, clientSession: { enforce: false } });
  });
}

test('a dot in front of the name to check is refused, for it would stand for every name below', () => {
  const client = clientContext();
  const settings = { server: false, sni: null, checkIp: null, enforce: true, asksVerdict: false, alpn: null } as const;
  const rest = { session: null, ocsp: 0, keylog: false } as const;
  assert.throws(() => tls.sessionNew(client, -1, { ...settings, ...rest, checkHost: '.wild.test' }), {
    code: 'ERR_TLS_INVALID',
  });
});
