// Owns the tests of what a connection that nobody uses consists of. Objects are counted and not bytes, which differ between the
// lines of Node.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
import { text } from 'node:stream/consumers';
import { listen, type AsyncConn } from 'berkeley';
import { startPuppet } from '../support/python.js';

const COUNT = 400;

interface Census {
  objects: number;
  closures: number;
}

test('an idle connection is four objects and no function, and a read that waits adds four and the promise’s one function', async (t) => {
  // Makes whatever is made once.
  const warm = await accepted(t, 10);
  const early = warm.map((conn) => conn.read());
  const before = await census();
  const conns = await accepted(t, COUNT);
  const idle = await census();
  // The face, the stream, the handle and the registration.
  assert.deepEqual(each(before, idle), { objects: 4, closures: 0 });
  const reads = conns.map((conn) => conn.read());
  const waiting = await census();
  // The lane, the operation, that it waits, and the promise.
  assert.deepEqual(each(idle, waiting), { objects: 4, closures: 1 });
  for (const conn of [...warm, ...conns]) conn.abort();
  const outcomes = await Promise.allSettled([...early, ...reads]);
  assert.ok(outcomes.every(({ status }) => status === 'rejected'));
});

/** So many more connections, from a process of Python's. */
async function accepted(t: TestContext, count: number): Promise<AsyncConn[]> {
  const listener = await listen('127.0.0.1:0');
  t.after(() => listener.close());
  const python = startPuppet(t, 'conns = []');
  const { port } = listener.address;
  python.begin(`for _ in range(${count}): conns.append(socket.create_connection(('127.0.0.1', ${port})))`);
  const conns: AsyncConn[] = [];
  while (conns.length < count) conns.push(await listener.accept({ timeout: 60_000 }));
  await python.caughtUp();
  return conns;
}

/** How many objects and functions there are, without those that V8 makes for itself. */
async function census(): Promise<Census> {
  const { snapshot, nodes, strings } = JSON.parse(await text(getHeapSnapshot())) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name] = [fields.indexOf('type'), fields.indexOf('name')];
  const found: Census = { objects: 0, closures: 0 };
  for (let i = 0; i < nodes.length; i += fields.length) {
    const what = types[0][nodes[i + type]!];
    if (what === 'closure') found.closures++;
    else if (what === 'object' && !strings[nodes[i + name]!]!.startsWith('system / ')) found.objects++;
  }
  return found;
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  readonly nodes: number[];
  readonly strings: string[];
}

function each(before: Census, after: Census): Census {
  const rounded = (n: number): number => Math.round(n / COUNT);
  return { objects: rounded(after.objects - before.objects), closures: rounded(after.closures - before.closures) };
}
