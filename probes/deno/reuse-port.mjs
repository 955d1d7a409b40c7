import { listenersOf, say, until } from '../kit.mjs';

const one = Deno.listen({ hostname: '127.0.0.1', port: 0, reusePort: true });
const { port } = one.addr;
Deno.listen({ hostname: '127.0.0.1', port, reusePort: true });
await until(() => listenersOf(port) === 2);
say('yes', '`reusePort`');
