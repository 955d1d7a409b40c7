import { createSocket } from 'node:dgram';
import { check, say } from '../kit.mjs';

for (const type of ['raw4', 'icmp', 'raw']) {
  let refused = false;
  try {
    createSocket(type);
  } catch {
    refused = true;
  }
  check(refused, `a socket of the type ${type}`);
}
say('no', 'there are none');
