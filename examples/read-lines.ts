// Reads a connection as one reads a file, line by line and blocking, and numbers the lines. A line may be long, so it has
// a limit; the last one may lack its line end.
//
//   node build/examples/read-lines.js TARGET [REQUEST]     REQUEST is sent as a line before, for servers that wait for one

import { connect, LimitError } from 'berkeley/sync';

const [target, request] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: read-lines TARGET [REQUEST]');
  process.exit();
}

const conn = connect(target, { timeout: '5s' });
if (request !== undefined) conn.writeLine(request);
conn.closeWrite();

let number = 0;
for (;;) {
  try {
    const line = conn.readLine({ max: 200, timeout: '30s' });
    if (line === null) break;
    console.log(`${String(++number).padStart(4)}  ${line}`);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    // Nothing was consumed: the long line is still there and can be read in another way.
    const piece = conn.readExact(200);
    console.log(`   …  ${piece.toString()}`);
  }
}
conn.close();
console.log(`${number} lines, ${conn.bytesRead} bytes`);
