import { check, openSockets, pause, say } from '../kit.mjs';

const before = openSockets();
const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
const { port } = listener.addr;
const clients = await Promise.all([1, 2, 3].map(() => Deno.connect({ hostname: '127.0.0.1', port })));
await listener.accept();
await pause();
const accepted = openSockets() - before - 1 - clients.length;
check(accepted === 1, `${accepted} are accepted`);
say('yes', '`listener.accept()`');
