// Certificate chains from a seed, good ones and ones with a few things wrong: the library, `openssl verify` and Python say the same of
// each, in the same words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import { opensslVerdict } from '../tls/judge.js';
import { colours, limit, only, type Net, type Version } from '../tls/kit.js';
import { TlsPeer } from '../tls/peer.js';
import { x509Name } from '../tls/x509-name.js';
import { Draw } from './draw.js';
import { randomChain, type Chain } from './random-chain.js';
import { seed, size } from './size.js';

const CHAINS = size(200, 1000);

test(`${CHAINS} chains get the verdict of openssl verify and of Python`, async (t) => {
  const peer = new TlsPeer();
  t.after(() => peer.end());
  const draw = new Draw(seed);
  const errors: Error[] = [];
  const tally = new Map<string, number>();
  for (let number = 0; number < CHAINS; number++) {
    const chain = randomChain(draw);
    const version = chain.only13 || draw.percent(50) ? 'TLSv1.3' : 'TLSv1.2';
    try {
      const verdict = await compared(peer, `${number}`, chain, version);
      tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
    } catch (error) {
      const dump = pki().file('chain', chain.sent + chain.ca + (chain.crl ?? []).join(''));
      errors.push(
        new Error(`BERKELEY_SEED=${seed}, chain ${number} (${version}): ${chain.story}; ${dump}`, { cause: error }),
      );
    }
  }
  const found = [...tally].sort(([, a], [, b]) => b - a).map(([verdict, count]) => `${verdict} ${count}`);
  assert.deepEqual(errors, []);
  t.diagnostic(`${CHAINS} chains, seed ${seed}: ${found.join(', ')}`);
});

async function compared(peer: TlsPeer, name: string, chain: Chain, version: Version): Promise<string> {
  const files = {
    certFile: pki().file('sent.pem', chain.sent),
    leafFile: pki().file('leaf.pem', chain.leaf),
    keyFile: pki().file('key.pem', chain.key),
  };
  const port = await peer.serve(name, files);
  const ours: string[] = [];
  for (const [, net] of colours) {
    ours.push(await verdictOf(net, port, chain, version));
    await peer.seen(name);
  }
  assert.equal(ours[0], ours[1], 'the two colours');
  const verdict = ours[0]!;

  const { ca, crl, name: host } = chain;
  const { found } = await peer.ask(name, { version, ca, host, ...(crl && { crl }) });
  const python = found.code !== 0 ? x509Name(found.code) : found.ok ? 'OK' : `failed: ${found.error}`;
  const openssl = (wanted: string | null): string =>
    opensslVerdict({ ...files, ca, crl, name: wanted, purpose: 'sslserver' });
  const withName = openssl(host);
  const wrongName = ['HOSTNAME_MISMATCH', 'IP_ADDRESS_MISMATCH'];
  // OpenSSL compares the name first; for the library a chain that leads nowhere is the graver finding.
  const expected = wrongName.includes(withName) ? [openssl(null), withName].find((code) => code !== 'OK')! : withName;
  if (chain.partial && withName === 'OK' && wrongName.includes(verdict)) {
    assert.equal(python, verdict);
    return verdict;
  }
  assert.equal(verdict, expected, 'openssl verify');
  assert.equal(python, wrongName.includes(python) ? withName : verdict, "Python's ssl");
  return verdict;
}

async function verdictOf(net: Net, port: number, { ca, crl, name }: Chain, version: Version): Promise<string> {
  const tls = { serverName: name, ca, ...(crl && { crl: [...crl] }), ...only(version) };
  const strictly = (): ReturnType<Net['connect']> => net.connect(`127.0.0.1:${port}`, { tls, ...limit });
  try {
    const conn = await strictly();
    assert.equal(conn.tls!.authorized, true);
    assert.equal(conn.tls!.verifyCode, 'OK');
    await conn.close(limit);
    return 'OK';
  } catch (error) {
    if (!(error instanceof Error) || !('verifyCode' in error)) throw error;
    return String(error.verifyCode);
  }
}
