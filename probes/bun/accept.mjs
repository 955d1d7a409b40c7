import { check, openSockets, pause, say } from '../kit.mjs';

const before = openSockets();
const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
const to = { hostname: '127.0.0.1', port: listener.port, socket: { data() {} } };
const clients = await Promise.all([1, 2, 3].map(() => Bun.connect(to)));
await pause();
const accepted = openSockets() - before - 1 - clients.length;
check(accepted > 0, `${accepted} are accepted`);
say(accepted === 1 ? 'yes' : 'no', `\`open\` is called for all that come: ${accepted} of 3 are accepted`);
