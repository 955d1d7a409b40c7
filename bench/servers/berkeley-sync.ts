// Owns the blocking way with berkeley/sync: `readInto`, `write`, one connection, and the end with it.

import { listen } from 'berkeley/sync';
import { listenOptions } from './support.js';

const listener = listen('127.0.0.1:0', listenOptions());
process.stdout.write(`${listener.address.port!}\n`);
const conn = listener.accept();
const buffer = Buffer.allocUnsafeSlow(64 * 1024);
for (let n; (n = conn.readInto(buffer)) > 0;) conn.write(buffer.subarray(0, n));
conn.close();
listener.close();
