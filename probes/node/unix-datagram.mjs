import { createSocket } from 'node:dgram';
import { check, say } from '../kit.mjs';

for (const type of ['unix', 'unix_dgram', 'unix-dgram']) {
  let refused = false;
  try {
    createSocket(type);
  } catch {
    refused = true;
  }
  check(refused, `a socket of the type ${type}`);
}
say('no', '`node:dgram` is UDP only');
