// Owns what a worker of tls-workers.test.ts does: handshakes and echoes without end, all in its own environment. It must
// not know how it ends.

import { parentPort, workerData } from 'node:worker_threads';
import type * as LoadTls from '../../src/native/load-tls.js';
import type * as Load from '../../src/native/load.js';
import type { Ask, ContextSettings, SessionSettings } from '../../src/native/tls-binding.js';

const { chain, key, root } = workerData as { chain: Uint8Array[]; key: Uint8Array; root: Uint8Array };
const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../compiled/native/${file}.js`, import.meta.url).href);
const { native } = (await load('load')) as typeof Load;
const tls = ((await load('load-tls')) as typeof LoadTls).loadTls();

const status = new Int32Array(5);
tls.setStatus(status);
const plain: ContextSettings = {
  ...{ server: true, minVersion: 0x0303, maxVersion: 0x0304, ciphers: null, suites: null, groups: null, sigalgs: null },
  ...{ securityLevel: 1, chain, key, store: null, verifyMode: 0, clientCas: [], alpn: null, staple: null },
  ...{ sessionIdContext: Buffer.from('worker'), asksName: true },
};
const settings: SessionSettings = {
  ...{ server: false, sni: 'localhost', checkHost: 'localhost', checkIp: null, enforce: true, asksVerdict: true },
  ...{ alpn: null, session: null, ocsp: 0, keylog: true },
};

const verdict = ((question: string) => question === 'verdict') as Ask;
const name = ((question: string) => (question === 'name' ? null : false)) as Ask;

/** A conversation; both ends are forgotten without being freed, so that their collection is at work, too. */
function converse(turn: number): void {
  const out = new Int32Array(2);
  native.socketpair(native.constants['AF_UNIX']!, native.constants['SOCK_STREAM']!, 0, out);
  const version = turn % 2 === 0 ? 0x0303 : 0x0304;
  const server = tls.contextNew({ ...plain, maxVersion: version });
  const store = tls.storeNew([root], []);
  const client = tls.contextNew({ ...plain, server: false, store, chain: [], key: null, asksName: false });
  const one = tls.sessionNew(client, out[0]!, settings);
  const other = tls.sessionNew(server, out[1]!, { ...settings, server: true, asksVerdict: false });
  let answers = [-1, -1];
  for (let step = 0; step < 10 && answers.some((answer) => answer !== 0); step++) {
    answers = [tls.handshake(one, verdict), 0];
    tls.flush(one);
    answers[1] = tls.handshake(other, name);
  }
  if (answers.some((answer) => answer !== 0)) throw new Error(`handshake ${answers.join()}`);
  const buffer = Buffer.alloc(1000, turn);
  if (tls.write(one, buffer, 0, 1000) !== 1000 || tls.read(other, buffer, 0, 1000, true) !== 1000)
    throw new Error('echo');
  if (turn % 3 === 0) tls.sessionFree(one);
  native.close(out[0]!);
  native.close(out[1]!);
}

for (let turn = 0; ; turn++) {
  converse(turn);
  if (turn === 10) parentPort!.postMessage('running');
  if (turn % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}
