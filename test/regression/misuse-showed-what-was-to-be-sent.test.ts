// An error of misuse showed the argument that it refused: the line with a password and a CR in it, the header, the key where options
// were wanted, the target with a user name and a password.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecs, connect, pair } from 'berkeley';

test('what is refused is told by its type and its size', async () => {
  const [conn, peer] = pair();
  const secret = 'AUTH PLAIN AGpvZQBzZXNhbWU=\r';
  const calls = [
    () => conn.writeLine(secret),
    () => conn.write({ secret } as never),
    () => conn.framed(codecs.lines()).write(secret),
    () => conn.writeHttpRequest({ method: 'GET', path: '/', headers: { Authorization: secret } }),
    () => connect('127.0.0.1:1', { tls: secret as never }),
    () => connect('127.0.0.1:1', { tls: { session: secret as never } }),
    () => connect('tls://joe:AGpvZQBzZXNhbWU@localhost:1'),
  ];
  for (const call of calls) {
    await assert.rejects(
      async () => call(),
      (error: Error) => {
        assert.match(error.message, /^The "[\w.]+" argument .*Received /s);
        assert.doesNotMatch(error.message, /AGpvZQBzZXNhbWU/);
        return true;
      },
    );
  }
  conn.abort();
  peer.abort();
});
