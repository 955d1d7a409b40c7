// Promise 9 as a matrix: a session of every rule is shown under every other, across the colours, to a server that would take
// each of them up. Only the rule that it was made under opens it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pki } from '../support/pki.js';
import { colours, echoes, limit, only, versions, type Net, type TlsInfo, type TlsOptions } from '../tls/kit.js';
import { TlsPeer } from '../tls/peer.js';

const { root, intermediate, client, server } = pki();
const peer = new TlsPeer();
after(() => peer.end());

const other = pki().issue({ name: 'Other root', ca: true, issuer: 'self' });
const crl = [pki().crl(root).content, pki().crl(intermediate).content];

/** All of them find the server good, by another way each. */
const rules: Record<string, TlsOptions> = {
  'the authority': {},
  'another name of the server': { serverName: 'example.test' },
  'its address': { serverName: '127.0.0.1' },
  'no name': { serverName: false },
  'one authority more': { ca: [root.leaf, other.leaf] },
  'a pin': { pins: [server.pin] },
  'two pins': { pins: [server.pin, root.pin] },
  'a function': { verify: () => true },
  'another function': { verify: ({ authorized }: TlsInfo) => authorized },
  'revocation lists': { crl },
  'no verification': { verify: false },
  'a certificate of ours': { cert: client.cert, key: client.key },
};

for (const version of versions)
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const)
    test(`§4.9 a session is taken up under the rule that it was made under alone, and by the other colour, too [${version}, ${colours[from]![0]} to ${colours[to]![0]}]`, async () => {
      const name = `${version} ${from}`;
      const port = await peer.serve(name, { ...server, clients: 'request', ca: root.leaf });
      const visit = async (net: Net, rule: TlsOptions, session: Uint8Array | null): Promise<TlsInfo> => {
        const tls = { ca: root.leaf, serverName: 'localhost', ...only(version), ...rule, ...(session && { session }) };
        const conn = await net.connect(`127.0.0.1:${port}`, { tls, ...limit });
        await echoes(conn);
        const info = conn.tls!;
        await conn.close(limit);
        const seen = await peer.seen(name);
        assert.deepEqual([seen.ok, seen.reused], [true, info.resumed], seen.error);
        return info;
      };
      for (const [made, rule] of Object.entries(rules)) {
        const first = await visit(colours[from]![1], rule, null);
        assert.equal(first.resumed, false);
        for (const [used, under] of Object.entries(rules)) {
          const { resumed } = await visit(colours[to]![1], under, first.session);
          assert.equal(resumed, made === used, `made under ${made}, shown under ${used}`);
        }
      }
    });
