import { connect, listen } from 'berkeley';
import { acceptedOf, check, connectionsOf, pause, say, until } from '../kit.mjs';

const listener = await listen('127.0.0.1:0');
const { port } = listener.address;
const clients = await Promise.all([1, 2, 3].map(() => connect(listener.address)));
const first = await listener.accept();
await until(() => connectionsOf(port) === 3);
await pause();
check(acceptedOf(port) === 1, `${acceptedOf(port)} are accepted`);
for (const one of [first, ...clients, listener]) one.close();
say('yes', '`listener.accept()`');
