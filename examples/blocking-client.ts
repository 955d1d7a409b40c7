// The blocking colour: no promise, no callback, no await. Sends each word as a line and prints the line that comes back.
//
//   node build/examples/blocking-client.js TARGET WORD…
//   node build/examples/blocking-client.js localhost:7000 one two three

import { connect, TimeoutError } from 'berkeley/sync';

const [target, ...words] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: blocking-client TARGET WORD…');
  process.exit();
}

const conn = connect(target, { timeout: '5s' });
try {
  for (const word of words) {
    const begun = performance.now();
    conn.writeLine(word);
    const answer = conn.readLine({ timeout: '2s' });
    if (answer === null) break;
    console.log(`${answer} (${(performance.now() - begun).toFixed(2)} ms)`);
  }
} catch (error) {
  // The connection lives on after a limit: one could ask again.
  if (!(error instanceof TimeoutError)) throw error;
  console.log('no answer within two seconds');
} finally {
  conn.close();
}
