import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { acceptedOf, connectionsOf, pause, say, until } from '../kit.mjs';

const accepted = await acceptedWith({});
if (accepted === 1) say('yes', 'one `connection` event');
const kept = await acceptedWith({ maxConnections: 1 });
if (kept === 1) say('partly', '`maxConnections`');
say('no', `${accepted} of 3 are accepted, and with \`maxConnections\` two of them thrown away`);

/** How many of three are accepted; 0 when the others do not live on. */
async function acceptedWith(settings) {
  const server = Object.assign(createServer({ pauseOnConnect: true }), settings);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const first = once(server, 'connection');
  const clients = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
  await first;
  await until(() => clients.every((client) => !client.connecting));
  await pause();
  return connectionsOf(port) === 3 ? acceptedOf(port) : 0;
}
