import { check, say } from '../kit.mjs';

check(typeof Bun.listen === 'function' && typeof Bun.udpSocket === 'function', 'built in');
say('yes', '`Bun.listen`');
