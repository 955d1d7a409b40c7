// Takes a stream with berkeley/sync and answers one byte for each MiB, or gives as many MiB as four bytes ask for.

import { listen, type SyncConn } from 'berkeley/sync';

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

const listener = listen('127.0.0.1:0');
process.stdout.write(`${listener.address.port!}\n`);
const conn = listener.accept();
if (process.argv[2] === 'receive') receive(conn);
else send(conn);
conn.close();
listener.close();

function receive(conn: SyncConn): void {
  const buffer = Buffer.allocUnsafeSlow(256 * 1024);
  let bytes = 0;
  for (let n; (n = conn.readInto(buffer)) > 0; bytes += n) {
    const whole = Math.floor((bytes + n) / MIB) - Math.floor(bytes / MIB);
    if (whole > 0) conn.write('+'.repeat(whole));
  }
}

function send(conn: SyncConn): void {
  const request = Buffer.alloc(4);
  while (conn.readInto(request) === request.length) {
    for (let left = (request.readUInt32BE() * MIB) / CHUNK.length; left > 0; left--) conn.write(CHUNK);
  }
}
