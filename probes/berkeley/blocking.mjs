import { connect } from 'berkeley/sync';
import { check, peer, say } from '../kit.mjs';

let others = 0;
queueMicrotask(() => others++);
const conn = connect(`${peer.host}:${peer.port}`, { timeout: '5s' });
conn.writeLine('question');
const answer = conn.readLine({ timeout: '5s' });
check(answer === 'answer' && others === 0, `${answer}, ${others} others`);
conn.close();
say('yes', '`readLine` of `berkeley/sync` waits in poll(2)');
