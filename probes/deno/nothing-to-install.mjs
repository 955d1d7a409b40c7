import { check, say } from '../kit.mjs';

check(typeof Deno.listen === 'function' && typeof Deno.connectTls === 'function', 'built in');
say('yes', '`Deno.listen`');
