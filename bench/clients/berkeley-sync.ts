// Owns the blocking client with berkeley/sync: `write`, then `readInto` until the echo is whole.

import { connect } from 'berkeley/sync';
import { measure, readArguments } from './support.js';

const wanted = readArguments();
const conn = connect({ host: '127.0.0.1', port: wanted.port });
const message = Buffer.alloc(wanted.size, 'x');
const answer = Buffer.alloc(wanted.size);

measure(wanted, () => {
  conn.write(message);
  let got = 0;
  while (got < answer.length) {
    const n = conn.readInto(got === 0 ? answer : answer.subarray(got));
    if (n === 0) throw new Error('the server closed the connection');
    got += n;
  }
});
if (!answer.equals(message)) throw new Error('the echo differs');
conn.close();
