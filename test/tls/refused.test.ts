// Promise 7: a failed handshake closes the connection, and nothing goes out in the clear after it. The other end is a Python
// that keeps every byte that it gets.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import { colours, failureOf, type Conn, type Net } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startTlsPython, type Given } from '../support/python-tls.js';
import type { Python } from '../support/python.js';

const limit = { timeout: '20s' } as const;
const SECRET = 'PASS open sesame';

/** What arrived, and what kinds of records it is; anything that is no whole record shows as such. */
const RECORDED = `
everything_that_came = bytearray()
def record(n=65536):
    try: data = c.recv(n)
    except ConnectionResetError: data = b''
    everything_that_came.extend(data)
    return data
def report():
    while record(): pass
    data, kinds = bytes(everything_that_came), []
    while data:
        if len(data) < 5 or data[0] not in (20, 21, 22, 23) or data[1] != 3 or len(data) < 5 + struct.unpack('>H', data[3:5])[0]:
            kinds.append('plain %r' % data)
            break
        kinds.append({20: 'change', 21: 'alert', 22: 'handshake', 23: 'encrypted'}[data[0]])
        data = data[5 + struct.unpack('>H', data[3:5])[0]:]
    assert b'PASS' not in everything_that_came and b'sesame' not in everything_that_came
    say(' '.join(kinds))
class Recorded(Raw):
    def turn(self, call):
        while True:
            try:
                result = call()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = record()
                if not data: raise EOFError('end')
                self.put(data)
def refused(call):
    # Why the handshake failed on this side, with what was to be said about it said.
    try: call()
    except ssl.SSLError as e:
        r.flush()
        return e.reason
    except EOFError: return 'end'
    return 'shaken'
`;

interface Case {
  readonly title: string;
  /** Which end we are. */
  readonly server?: boolean;
  /** What Python does once the connection is there. `report` comes behind it. */
  readonly script: string;
  readonly given?: () => Given;
  /** More options of ours. */
  readonly tls?: () => promises.TlsOptions;
  readonly code: string;
  readonly alert?: string;
  /** What Python may have seen: the kinds of records in order. */
  readonly kinds: RegExp;
}

const cases: readonly Case[] = [
  {
    title: 'a server that answers in plain HTTP',
    script: `record(); c.sendall(b'HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n')`,
    code: 'ERR_TLS_PROTOCOL',
    kinds: /^handshake( alert)?$/,
  },
  {
    title: 'a server that answers with random bytes',
    script: `record(); c.sendall(bytes((i * 7 + 3) & 255 for i in range(3000)))`,
    code: 'ERR_TLS_PROTOCOL',
    kinds: /^handshake( alert)?$/,
  },
  {
    title: 'a server that ends the connection',
    script: `record(); c.shutdown(socket.SHUT_WR)`,
    code: 'ERR_TLS_TRUNCATED',
    kinds: /^handshake$/,
  },
  {
    title: 'a server that refuses with an alert',
    script: `record(); c.sendall(b'\\x15\\3\\3\\0\\2\\2\\x28')`,
    code: 'ERR_TLS_ALERT',
    alert: 'handshake_failure',
    kinds: /^handshake$/,
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) => [
    {
      title: `an unknown issuer (${version})`,
      script: `r = Recorded(c, server()); say(refused(r.handshake))`,
      given: () => ({ version, certificate: pki().issue({ name: 'localhost', issuer: stranger() }) }),
      code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      alert: 'unknown_ca',
      kinds: /^handshake alert$/,
    },
    {
      title: `another host's certificate (${version})`,
      script: `r = Recorded(c, server()); say(refused(r.handshake))`,
      given: () => ({ version, certificate: pki().issue({ name: 'elsewhere.test' }) }),
      code: 'HOSTNAME_MISMATCH',
      alert: 'bad_certificate',
      kinds: /^handshake alert$/,
    },
    {
      title: `a key that is not pinned (${version})`,
      script: `r = Recorded(c, server()); say(refused(r.handshake))`,
      given: () => ({ version }),
      tls: () => ({ pins: [pki().client.pin] }),
      code: 'ERR_TLS_PIN',
      kinds: /^handshake alert$/,
    },
    {
      title: `a function that says no (${version})`,
      script: `r = Recorded(c, server()); say(refused(r.handshake))`,
      given: () => ({ version }),
      tls: () => ({ verify: () => false }),
      code: 'ERR_TLS_VERIFY',
      kinds: /^handshake alert$/,
    },
  ]),
  {
    title: 'a client that speaks plain HTTP',
    server: true,
    script: `c.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')`,
    code: 'ERR_TLS_PROTOCOL',
    kinds: /^(alert)?$/,
  },
  {
    title: 'a client without a certificate',
    server: true,
    script: `r = Recorded(c, client()); say(refused(r.handshake))`,
    given: () => ({ version: 'TLSv1.2' }),
    tls: () => ({ clientCert: 'require', ca: pki().root.cert }),
    code: 'NO_PEER_CERTIFICATE',
    alert: 'handshake_failure',
    kinds: /^handshake( handshake)* alert$/,
  },
  {
    title: 'a client that does not trust us',
    server: true,
    script: `r = Recorded(c, client()); say(refused(r.handshake))`,
    given: () => ({ root: stranger().certFile }),
    code: 'ERR_TLS_ALERT',
    alert: 'unknown_ca',
    kinds: /^handshake change encrypted( encrypted)*$/,
  },
];

let other: ReturnType<ReturnType<typeof pki>['issue']> | null = null;
function stranger() {
  return (other ??= pki().issue({ name: 'Another root', ca: true, issuer: 'self' }));
}

for (const { name, net } of colours) {
  for (const each of cases) {
    test(`promise 7: nothing goes out in the clear after ${each.title} (${name})`, async (t) => {
      const [conn, python] = await begun(t, net, each);
      const { cert, key } = pki().server;
      const own = each.server ? { server: true, cert, key } : { ca: pki().root.cert, serverName: 'localhost' };
      // In the promise colour other calls wait for the handshake, in the blocking colour it has failed when they begin.
      if (name === 'blocking') python.tell('go on');
      const starting = failureOf(() => conn.startTls({ ...own, ...each.tls?.(), ...limit }));
      const meanwhile = [() => conn.write(SECRET, limit), () => conn.read(undefined, limit)].map((call) =>
        failureOf(call),
      );
      if (name === 'promises') python.tell('go on');
      const failure = await starting;
      assert.equal(failure.code, each.code, failure.stack);
      assert.equal(failure.phase, 'tls');
      assert.ok(failure instanceof promises.TlsError);
      if (each.alert !== undefined) assert.equal(failure.tlsAlert, each.alert);
      for (const { code } of await Promise.all(meanwhile))
        assert.equal(code, name === 'promises' ? each.code : 'ERR_SOCKET_CLOSED');
      assert.equal((await failureOf(() => conn.write(SECRET, limit))).code, 'ERR_SOCKET_CLOSED');
      assert.equal((await failureOf(() => conn.writeLine(SECRET, limit))).code, 'ERR_SOCKET_CLOSED');
      assert.equal((await failureOf(() => conn.startTls({ ...own, ...limit }))).code, 'ERR_SOCKET_CLOSED');
      assert.equal(conn.socket.fd, -1);
      assert.equal(conn.tls, null);
      assert.equal(conn.closeInfo?.by, 'error');
      assert.equal(conn.closeInfo.clean, false);
      assert.equal(conn.closeInfo.error?.code, each.code);
      assert.equal(conn.bytesWritten, 0);
      if (each.script.includes('refused(')) assert.notEqual(await python.line(), 'shaken');
      assert.match(await python.line(), each.kinds);
      await python.end();
    });
  }
}

async function begun(t: TestContext, net: Net, { server, script, given }: Case): Promise<[Conn, Python]> {
  if (!server) {
    const python = startTlsPython(t, `${RECORDED}\nc = listening()\nhear()\n${script}\nreport()`, given?.());
    return [await net.connect(await python.line(), limit), python];
  }
  const listener = await net.listen('127.0.0.1:0');
  const target = listener.address.toString();
  const python = startTlsPython(t, `${RECORDED}\nc = dialled()\nhear()\n${script}\nreport()`, { target, ...given?.() });
  const conn = await listener.accept(limit);
  listener.close();
  return [conn, python];
}
