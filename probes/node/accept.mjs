import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { openSockets, pause, say } from '../kit.mjs';

const { accepted } = await accepting({});
if (accepted === 1) say('yes', 'one `connection` event');
const limited = await accepting({ maxConnections: 1 });
if (limited.accepted === 1 && limited.closed === 0) say('partly', '`maxConnections`');
say('no', `${accepted} of 3 are accepted, and with \`maxConnections\` ${limited.closed} of them closed again`);

async function accepting(settings) {
  const before = openSockets();
  const server = Object.assign(createServer({ pauseOnConnect: true }), settings);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let closed = 0;
  const clients = [1, 2, 3].map(() =>
    connect(server.address().port, '127.0.0.1')
      .on('error', () => undefined)
      .on('close', () => closed++)
      .resume(),
  );
  await Promise.all(clients.map((client) => once(client, 'connect')));
  await pause();
  return { accepted: openSockets() - before - 1 - (clients.length - closed), closed };
}
