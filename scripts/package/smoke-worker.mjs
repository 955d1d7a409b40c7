// The other thread of smoke.mjs: it blocks. Its clients' answers go back as a message.

import { parentPort, workerData } from 'node:worker_threads';
import { connect } from 'berkeley/sync';

const limit = { timeout: '20s' };
const said = [
  [workerData.tls, 'under TLS', { tls: { ca: { file: 'certificate.pem' } } }],
  [workerData.plain, 'in the clear', {}],
].map(([port, line, options]) => {
  const conn = connect('127.0.0.1', port, { ...options, ...limit });
  conn.writeLine(line);
  const answer = conn.readLine(limit);
  conn.close();
  return answer;
});
parentPort.postMessage(said);
