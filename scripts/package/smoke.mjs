// Owns a program that uses a little of everything, as a user of the installed package would write it. check-package.mjs puts it into an
// empty folder with certificate.pem and key.pem, and runs it by every runtime. It must not know which runtime that is.
//
//   node smoke.mjs [PART …]     a line for each part: its name, and `ok` or what went wrong

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

const limit = { timeout: '20s' };
const tls = { cert: { file: 'certificate.pem' }, key: { file: 'key.pem' } };
const colours = [promises, sync];

const parts = {
  /** Both colours in one thread: the kernel completes a connection that nobody has accepted yet. */
  async tcp() {
    for (const net of colours) await talk(net, await net.listen('127.0.0.1:0'));
  },
  async names() {
    for (const net of colours) {
      const listener = await net.listen('127.0.0.1:0');
      const client = await net.connect('localhost', listener.address.port, limit);
      await client.close();
      listener.close();
    }
  },
  async unix() {
    for (const net of colours) await talk(net, await net.listen(`unix:@berkeley-smoke-${process.pid}`));
  },
  async udp() {
    for (const net of colours) {
      const server = await net.udp('127.0.0.1:0');
      const client = await net.udp(undefined, { connect: server.localAddr });
      await client.send('ping');
      const { data, from } = await server.recv(limit);
      await server.send(`${data} pong`, from);
      assert.equal((await client.recv(limit)).data.toString(), 'ping pong');
      client.close();
      server.close();
    }
  },
  async tls() {
    const listener = await promises.listen('127.0.0.1:0', { tls });
    const serving = listener.accept(limit).then(async (conn) => {
      await conn.writeLine(`hello, ${await conn.readLine(limit)}`);
      await conn.close();
    });
    const client = await promises.connect(listener.address, { tls: { ca: tls.cert }, ...limit });
    assert.equal(client.tls.authorized, true);
    await client.writeLine('world');
    assert.equal(await client.readLine(limit), 'hello, world');
    assert.equal(await client.read(undefined, limit), null);
    await client.close();
    await serving;
    listener.close();
  },
  /** A limit ends a call in both colours, and the connection goes on. */
  async limits() {
    for (const net of colours) {
      const [one, other] = net.pair();
      let error = null;
      try {
        await one.read(undefined, { timeout: 30 });
      } catch (thrown) {
        error = thrown;
      }
      assert.equal(error?.code, 'ETIMEDOUT');
      await other.write('late');
      assert.equal((await one.read(undefined, limit)).toString(), 'late');
      await one.close();
      await other.close();
    }
  },
  async files() {
    const file = `file-${process.pid}.txt`;
    writeFileSync(file, 'x'.repeat(100_000));
    for (const net of colours) {
      const [one, other] = net.pair();
      const sent = one.writeFile(file, limit);
      if (net === sync) await other.readExact(100_000, limit);
      else await Promise.all([sent, other.readExact(100_000, limit)]);
      await one.close();
      await other.close();
    }
    rmSync(file);
  },
  async descriptors() {
    const [here, there] = promises.socketPair('seqpacket');
    const file = openSync('certificate.pem', 'r');
    await here.sendMsg({ data: 'a file', meta: { fds: [file] } });
    closeSync(file);
    const { meta } = await there.recvMsg(limit);
    assert.match(readFileSync(meta.fds[0], 'utf8'), /BEGIN CERTIFICATE/);
    closeSync(meta.fds[0]);
    here.close();
    there.close();
  },
  /** Blocking, in a thread of its own, in plain text and under TLS. */
  async worker() {
    const listener = await promises.listen('127.0.0.1:0', { tls });
    const plain = await promises.listen('127.0.0.1:0');
    const serving = Promise.all(
      [listener, plain].map(async (from) => {
        const conn = await from.accept(limit);
        await conn.writeLine((await conn.readLine(limit)).toUpperCase());
        await conn.close();
      }),
    );
    const worker = new Worker(new URL('smoke-worker.mjs', import.meta.url), {
      workerData: { tls: listener.address.port, plain: plain.address.port },
    });
    const [said] = await once(worker, 'message');
    assert.deepEqual(said, ['UNDER TLS', 'IN THE CLEAR']);
    await Promise.all([serving, worker.terminate()]);
    listener.close();
    plain.close();
  },
  async encodings() {
    const [one, other] = promises.pair({ encoding: 'koi8-r' });
    await one.writeLine('привет');
    assert.equal(await other.readLine(limit), 'привет');
    await one.close();
    await other.close();
  },
  async fatscript() {
    const { bind, connect } = await import('berkeley/dialects/fatscript');
    const server = bind(0);
    const client = connect('127.0.0.1', server.port);
    const peer = server.accept(10_000);
    peer.send('in a dialect');
    assert.equal(client.receive(99).toString(), 'in a dialect');
    for (const one of [client, peer, server]) one.close();
  },
  async magnolia() {
    const socket = await import('berkeley/dialects/magnolia');
    const listener = await promises.listen('127.0.0.1:0');
    const { type, socket: client } = socket.connect(`127.0.0.1:${listener.address.port}`);
    assert.equal(type, 'ok');
    const peer = await listener.accept(limit);
    await peer.writeLine('in a dialect');
    assert.deepEqual(socket.recvLine(client), { type: 'data', data: 'in a dialect' });
    socket.close(client);
    await peer.close();
    listener.close();
  },
  async chapel() {
    const { connect, ipAddr, listen } = await import('berkeley/dialects/chapel');
    const server = listen(ipAddr.create('127.0.0.1', 0));
    const client = connect(server.addr, 4);
    const peer = server.accept();
    client.writer().writeLine('hello world ', 42);
    assert.equal(peer.reader().readLine('string', -1, true), 'hello world 42');
    for (const socket of [client, peer, server]) socket.close();
  },
  async blade() {
    const { Socket } = await import('berkeley/dialects/blade');
    const server = Socket();
    server.bind(0);
    server.listen();
    const client = Socket();
    client.connect('127.0.0.1', server.port);
    const peer = server.accept();
    client.send('hello');
    assert.equal(peer.receive(), 'hello');
    for (const socket of [peer, client, server]) socket.close();
  },
  async qore() {
    const { Socket } = await import('berkeley/dialects/qore');
    const server = new Socket();
    assert.equal(server.bind('127.0.0.1:0') || server.listen(), 0);
    const client = new Socket();
    client.connect(`127.0.0.1:${server.getPort()}`, '10s');
    const peer = server.accept('10s');
    client.send('hello');
    client.sendi4(-2);
    assert.deepEqual([peer.recv(5), peer.recvi4(1250)], ['hello', -2]);
    for (const socket of [client, peer, server]) socket.close();
  },
  /** CommonJS, where the runtime lets it have modules of ECMAScript. */
  async require() {
    const required = createRequire(import.meta.url)('berkeley');
    assert.equal(required.connect, promises.connect);
  },
};

if (promised('./streams'))
  parts.streams = async () => {
    const { toDuplex } = await import('berkeley/streams');
    const [one, other] = promises.pair();
    const duplex = toDuplex(one);
    duplex.end('through a stream');
    assert.equal((await other.readAll(limit)).toString(), 'through a stream');
    await other.close();
    duplex.resume();
    await once(duplex, 'close');
  };

const asked = process.argv.slice(2);
if (asked[0] === '--list') console.log(Object.keys(parts).join('\n'));
else for (const name of asked.length > 0 ? asked : Object.keys(parts)) await run(name);

async function run(name) {
  try {
    await parts[name]();
    console.log(`${name} ok`);
  } catch (error) {
    console.log(`${name} ${String(error?.message ?? error).split('\n', 1)[0]}`);
    process.exitCode = 1;
  }
}

async function talk(net, listener) {
  const client = await net.connect(listener.address, limit);
  const server = await listener.accept(limit);
  await client.writeLine('from the package');
  assert.equal(await server.readLine(limit), 'from the package');
  await client.close();
  assert.equal(await server.read(undefined, limit), null);
  await server.close();
  listener.close();
}

function promised(entry) {
  const path = new URL('node_modules/berkeley/package.json', import.meta.url);
  return Object.hasOwn(JSON.parse(readFileSync(path, 'utf8')).exports, entry);
}
