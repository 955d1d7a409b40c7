// node:http over connections of this library: the agent dials with berkeley, so HTTP goes over whatever it can connect to, here a
// Unix socket, with limits of its own and every attempt told.
//
//   node build/examples/http-over-anything.js                     a server of its own
//   node build/examples/http-over-anything.js TARGET [PATH]       for instance unix:/run/docker.sock /version

import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, listen } from 'berkeley';
import { toDuplex } from 'berkeley/streams';

class OurAgent extends Agent {
  readonly #target: string;

  constructor(target: string) {
    super({ keepAlive: true });
    this.#target = target;
  }

  override createConnection(): Socket {
    const on = { connected: () => console.log(`connected to ${this.#target}`) };
    return toDuplex(connect(this.#target, { timeout: '5s', on })) as unknown as Socket;
  }
}

async function fetchText(path: string, agent: Agent): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get({ agent, path, headers: { host: 'localhost' } }, resolve).once('error', reject),
  );
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return `${response.statusCode} ${text}`;
}

const [given, path = '/'] = process.argv.slice(2);
if (given !== undefined) {
  const agent = new OurAgent(given);
  console.log(await fetchText(path, agent));
  agent.destroy();
} else {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  const target = `unix:${join(folder, 'http.sock')}`;
  const listener = await listen(target);
  const server = createServer((request, response) => response.end(`you asked for ${request.url}`));
  const accepting = (async () => {
    for await (const conn of listener) server.emit('connection', toDuplex(conn));
  })();
  const agent = new OurAgent(target);
  // Two requests, and one connection.
  for (const word of ['/one', '/two']) console.log(await fetchText(word, agent));
  agent.destroy();
  listener.close();
  await accepting;
  rmSync(folder, { recursive: true });
}
