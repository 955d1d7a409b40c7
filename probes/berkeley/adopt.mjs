import { listen } from 'berkeley';
import { say } from '../kit.mjs';

const listener = await listen('fd:3');
const conn = await listener.accept();
await conn.writeLine('hello from descriptor 3');
await conn.close();
say('yes', "`listen('fd:3')`");
