// Makes listeners and queues, lets go of connections in several ways, collects garbage, and says what is still there.
// The argument is the colour. Run with --expose-gc.

import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

const net = (process.argv[2] === 'promises' ? promises : sync) as typeof promises;
const collect = (globalThis as { gc?: () => void }).gc!;
process.removeAllListeners('warning');
process.on('warning', () => undefined);

const cases: Record<string, () => Promise<WeakRef<object>>> = {
  'a listener of a connection that is closed': async () => {
    const [a, b] = net.pair();
    kept.push(a, b);
    const listener = makeListener();
    a.on('read', listener);
    await a.close();
    return new WeakRef(listener);
  },
  'a listener that was taken off': async () => {
    const [a, b] = net.pair();
    kept.push(a, b);
    const listener = makeListener();
    const off = a.on('sent', listener);
    await a.write('x');
    off();
    return new WeakRef(listener);
  },
  'the queue of a connection that is closed': async () => {
    const [a, b] = net.pair();
    kept.push(a, b);
    const queue = a.events();
    await a.write('x');
    a.abort();
    return new WeakRef(queue);
  },
  'a listener of a dial that failed': async () => {
    const listener = makeListener();
    try {
      await net.connect('127.0.0.99:9', { on: { attemptFailed: listener } });
    } catch (error) {
      // V8 keeps the frames of an error, with all that they see, until it is asked for their text.
      kept.push(error, (error as Error).stack);
    }
    return new WeakRef(listener);
  },
  'a connection that is forgotten with its listeners': async () => {
    const [a, b] = net.pair();
    kept.push(b, a.events());
    a.on('read', makeListener());
    a.on('closed', () => a.id);
    await a.write('x');
    return new WeakRef(a);
  },
  'a connection whose listener waits for nothing any more': async () => {
    const [a, b] = net.pair();
    kept.push(b);
    a.on('closed', () => a.id);
    await a.close();
    return new WeakRef(a);
  },
};

const kept: unknown[] = [];
const found: Record<string, string> = {};
for (const [name, make] of Object.entries(cases)) {
  const reference = await make();
  // What was awaited is alive until the turn is over.
  for (let i = 0; i < 20 && reference.deref() !== undefined; i++) {
    await new Promise((go) => setImmediate(go));
    collect();
  }
  found[name] = reference.deref() === undefined ? 'gone' : 'still there';
}
console.log(JSON.stringify(found));
process.exit(kept.length > 0 ? 0 : 1);

function makeListener(): () => void {
  const large = Buffer.alloc(10);
  return () => {
    kept.length = Math.min(kept.length, large.length);
  };
}
