import { connect, listen } from 'berkeley';
import { check, openSockets, pause, say } from '../kit.mjs';

const before = openSockets();
const listener = await listen('127.0.0.1:0');
const clients = await Promise.all([1, 2, 3].map(() => connect(listener.address)));
await listener.accept();
await pause();
const accepted = openSockets() - before - 1 - clients.length;
check(accepted === 1, `${accepted} are accepted`);
say('yes', '`listener.accept()`');
