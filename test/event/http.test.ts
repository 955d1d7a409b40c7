// Owns the events of HTTP heads: each one as it goes out and comes in, between the sends and receives.

import assert from 'node:assert/strict';
import type { Events } from 'berkeley';
import { failure, inBothColours, Python } from '../net/kit.js';
import { carried, course, hearing } from './kit.js';

const server = `
s = listener()
say(s.getsockname()[1])
c, _ = s.accept()
stream = c.makefile('rwb')
for answer in (b'HTTP/1.1 200 OK\\r\\nSet-Cookie: a\\r\\nSet-Cookie: b\\r\\nContent-Length: 2\\r\\n\\r\\nhi', b'HTTP/1.1 204\\r\\n\\r\\n'):
    say([line.decode() for line in iter(lambda: stream.readline().strip(), b'')])
    stream.write(answer); stream.flush()
hear()
`;

inBothColours('a head is told of before it goes out, and when it was read', async (net, t) => {
  const python = new Python(t, server);
  const { on, heard } = hearing();
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`, { on });
  await conn.writeHttpRequest({ method: 'POST', path: '/p', headers: { Host: 'h', 'X-Two': ['1', '2'] }, body: 'ab' });
  const lines = await python.hear<string[]>();
  const first = await conn.readHttpHead();
  assert.equal(String(await conn.readExact(2)), 'hi');
  await conn.writeHttpRequest({ method: 'GET', path: '/' });
  await conn.readHttpHead();
  await conn.close();
  assert.equal(
    course(heard),
    'lookup resolved connecting connected httpSent sent read httpReceived httpSent sent read httpReceived closed deleted',
  );
  const sent = carried(heard, 'httpSent');
  assert.deepEqual([sent.method, sent.path, sent.version], ['POST', '/p', '1.1']);
  assert.deepEqual({ ...sent.headers }, { host: 'h', 'x-two': ['1', '2'], 'content-length': '2' });
  assert.deepEqual(
    sent.raw.map((pair) => pair.join(': ')),
    lines.slice(1),
    'what the peer got',
  );
  assert.equal(carried(heard, 'httpReceived'), first);
  assert.deepEqual(first!.headers['set-cookie'], ['a', 'b']);
  assert.equal(carried(heard, 'httpReceived', 1).status, 204);
});

inBothColours('a head that is refused is no event', async (net) => {
  const [a, b] = net.pair();
  const queue = a.events();
  b.events(queue);
  await failure(() => a.writeHttpRequest({ method: 'GET', path: '/', headers: { 'X-Bad': 'a\r\nb' } }));
  assert.equal(queue.size, 0);
  await a.write('no HTTP\r\n\r\n');
  await failure(() => b.readHttpHead());
  assert.equal(course(queue.drain()), 'sent read');
  await b.writeHttpResponse({ status: 404, headers: { Connection: 'close' }, body: 'none' });
  const [head, bytes] = queue.drain() as unknown as [Events['httpSent'], Events['sent']];
  assert.deepEqual([head.status, head.reason, bytes.total === bytes.wanted], [404, 'Not Found', true]);
  a.abort();
  b.abort();
});
