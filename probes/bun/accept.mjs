import { acceptedOf, check, connectionsOf, pause, say, until } from '../kit.mjs';

let opened = 0;
const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open: () => void opened++, data() {} } });
const { port } = listener;
const client = { data() {} };
await Promise.all([1, 2, 3].map(() => Bun.connect({ hostname: '127.0.0.1', port, socket: client })));
await until(() => opened > 0);
await pause();
check(connectionsOf(port) === 3, `${connectionsOf(port)} connections`);
const accepted = acceptedOf(port);
say(accepted === 1 ? 'yes' : 'no', `\`open\` is called for all that come: ${accepted} of 3 are accepted`);
