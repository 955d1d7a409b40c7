import { listenersOf, say, until } from '../kit.mjs';

const socket = { data() {} };
const one = Bun.listen({ hostname: '127.0.0.1', port: 0, reusePort: true, socket });
Bun.listen({ hostname: '127.0.0.1', port: one.port, reusePort: true, socket });
await until(() => listenersOf(one.port) === 2);
say('yes', '`reusePort`');
