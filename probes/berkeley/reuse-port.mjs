import { listen } from 'berkeley';
import { listenersOf, say, until } from '../kit.mjs';

const one = await listen('127.0.0.1:0', { reusePort: true });
const two = await listen(one.address, { reusePort: true });
await until(() => listenersOf(two.address.port) === 2);
say('yes', '`reusePort`');
