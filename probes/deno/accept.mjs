import { acceptedOf, check, connectionsOf, pause, say, until } from '../kit.mjs';

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
const { port } = listener.addr;
await Promise.all([1, 2, 3].map(() => Deno.connect({ hostname: '127.0.0.1', port })));
await listener.accept();
await until(() => connectionsOf(port) === 3);
await pause();
check(acceptedOf(port) === 1, `${acceptedOf(port)} are accepted`);
say('yes', '`listener.accept()`');
