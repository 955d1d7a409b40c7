import { listen } from 'berkeley';
import { check, listenersOf, say } from '../kit.mjs';

const one = await listen('127.0.0.1:0', { reusePort: true });
const two = await listen(one.address, { reusePort: true });
check(listenersOf(two.address.port) === 2, 'two listeners');
say('yes', '`reusePort`');
