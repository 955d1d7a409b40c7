import { once } from 'node:events';
import { createServer } from 'node:net';
import { say } from '../kit.mjs';

const server = createServer();
server.listen({ fd: 3 });
const [socket] = await once(server, 'connection');
await new Promise((go) => socket.end('hello from descriptor 3\n', go));
say('yes', '`server.listen({ fd: 3 })`');
