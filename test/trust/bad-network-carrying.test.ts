// Owns what the kernel carries for us over a bad network: relays and files arrive whole, in the clear and over TLS.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { descriptors, inBothColours } from '../net/kit.js';
import { pattern, sha256 } from '../support/bytes.js';
import { congestion, enterNetwork, far, near, PERFECT, startFar, startLink } from '../support/link.js';
import { digestOf, errandTo, farEnd, optionsOf, type Kind } from './bad-network-kit.js';
import { seed, size } from './size.js';

enterNetwork();
const link = await startLink(seed);
const python = startFar(
  link,
  `${farEnd()}
sink = congest(socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True))
def take(secure):
    # All that comes, and the hash of it back.
    s = sink.accept()[0]
    if secure: s = secure_server(s)
    s.sendall(hashlib.sha256(everything(s)).hexdigest().encode())
    s.close()
def secure_server(s): return secure(s, None)
`,
);
const ports = (await python.value('ports')) as Record<Kind, number>;
const sink = (await python.value('sink.getsockname()[1]')) as number;
const SOON = { timeout: '120s' } as const;
const bytes = congestion === 'bbr' ? size(1 << 19, 16 << 20) : 256 << 10;
const BAD = { ...PERFECT, loss: 0.03, delay: [15, 10], reorder: 0.02, duplicate: 0.02, corrupt: 0.01 } as const;
const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const kind of ['plain', 'TLSv1.3'] as const) {
  inBothColours(`a relay over a bad network on both sides carries everything (${kind})`, async (net, t) => {
    await link.set('both', BAD);
    const before = descriptors();
    const listener = await net.listen(`${near.ipv4}:0`, { options: [[net.options.TCP_CONGESTION, congestion]] });
    await python.run(`asked = []
def asking(): asked.append(ask(('${near.ipv4}', ${listener.address.port}), ${bytes}))
asker = begin(asking)`);
    const a = await listener.accept(SOON);
    const errand = errandTo(far.ipv6, ports[kind], kind, bytes);
    const b = await net.connect(far.ipv6, ports[kind], optionsOf(errand, net));
    const begun = performance.now();
    const { aToB, bToA } = await net.relay(a, b, SOON);
    t.diagnostic(`${bytes} bytes each way in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    assert.deepEqual([aToB, bToA], [bytes + `${bytes}\n`.length, bytes + 64]);
    await python.run('asker.join()');
    assert.deepEqual(await python.value('[asked, wrong]'), [[[digestOf(bytes), digestOf(bytes)]], []]);
    await a.close();
    await b.close();
    listener.close();
    assert.equal(descriptors(), before);
  });

  inBothColours(
    `a file goes over a bad network whole, in spite of limits that end in the middle (${kind})`,
    async (net) => {
      await link.set('both', BAD);
      const secure = kind !== 'plain';
      const data = pattern(bytes);
      const file = join(folder, 'file');
      writeFileSync(file, data);
      python.begin(`take(${secure ? 'True' : 'False'})`);
      const options = { ...optionsOf(errandTo(far.ipv4, sink, kind, bytes), net) };
      await using conn = await net.connect(far.ipv4, sink, options);
      conn.socket.setOption(net.options.SO_SNDBUF, 64 << 10);
      let ended = 0;
      for (let done = 0; done < bytes;) {
        try {
          done += await conn.writeFile(file, { offset: done, timeout: 50 });
        } catch (error) {
          if (!(error instanceof net.TimeoutError)) throw error;
          done += error.bytesDone;
          ended++;
        }
      }
      assert.ok(ended > 2, `${ended} limits ended it`);
      await conn.closeWrite();
      assert.equal((await conn.readExact(64, SOON)).toString(), sha256(data));
      await python.caughtUp();
    },
  );
}
