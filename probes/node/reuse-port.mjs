import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenersOf, say } from '../kit.mjs';

const one = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
await once(one, 'listening');
const { port } = one.address();
const two = createServer().listen({ port, host: '127.0.0.1', reusePort: true });
const failed = await Promise.race([once(two, 'listening').then(() => null), once(two, 'error')]).catch((e) => [e]);
if (failed !== null) say('no', failed[0].code);
if (listenersOf(port) === 2) say('yes', '`reusePort`');
say('no', 'the option has no effect');
