import { check, listenersOf, say } from '../kit.mjs';

const one = Deno.listen({ hostname: '127.0.0.1', port: 0, reusePort: true });
const { port } = one.addr;
Deno.listen({ hostname: '127.0.0.1', port, reusePort: true });
check(listenersOf(port) === 2, 'two listeners');
say('yes', '`reusePort`');
