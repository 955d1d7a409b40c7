// Owns the test with a real message bus: dbus-daemon carries a descriptor from one connection to another. The bus speaks the
// D-Bus specification over a Unix stream, with descriptors beside the bytes of a message.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inBothColours, type Net } from '../net/kit.js';
import { startBus } from '../support/dbus-server.js';

type Socket = ReturnType<Net['socket']>;

/** Header fields by number: D-Bus specification, "Header Fields". */
const PATH = 1;
const MEMBER = 3;
const REPLY_SERIAL = 5;
const DESTINATION = 6;
const SIGNATURE = 8;
const UNIX_FDS = 9;

const METHOD_CALL = 1;

interface BusMessage {
  readonly type: number;
  readonly serial: number;
  readonly fields: Map<number, string | number>;
  readonly body: Buffer;
  readonly fds: number[];
}

/** One end of the bus. */
class Bus {
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  readonly #fds: number[] = [];
  #serial = 0;
  /** What came while a reply was waited for. */
  readonly #others: BusMessage[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(net: Net, path: string): Promise<Bus> {
    const socket = net.socket('unix', 'stream');
    await socket.connect(`unix:${path}`);
    const bus = new Bus(socket);
    // The byte that goes before everything may carry credentials.
    await socket.sendMsg({ data: '\0', meta: { credentials: { uid: process.getuid!(), gid: process.getgid!() } } });
    const uid = Buffer.from(String(process.getuid!())).toString('hex');
    assert.match(await bus.#ask(`AUTH EXTERNAL ${uid}`), /^OK [0-9a-f]{32}$/);
    assert.equal(await bus.#ask('NEGOTIATE_UNIX_FD'), 'AGREE_UNIX_FD');
    await socket.sendAll('BEGIN\r\n');
    return bus;
  }

  /** Calls a method and gives its reply. */
  async call(
    to: string,
    path: string,
    member: string,
    signature: string,
    body: Buffer,
    fds: number[] = [],
  ): Promise<BusMessage> {
    const serial = await this.send(to, path, member, signature, body, fds);
    for (;;) {
      const message = await this.#receive();
      if (message.fields.get(REPLY_SERIAL) === serial) return message;
      this.#others.push(message);
    }
  }

  async send(
    to: string,
    path: string,
    member: string,
    signature: string,
    body: Buffer,
    fds: number[] = [],
  ): Promise<number> {
    const serial = ++this.#serial;
    const fields = [
      field(PATH, 'o', text(path)),
      field(MEMBER, 's', text(member)),
      field(DESTINATION, 's', text(to)),
      ...(signature === ''
        ? []
        : [field(SIGNATURE, 'g', Buffer.concat([Buffer.of(signature.length), Buffer.from(`${signature}\0`)]))]),
      ...(fds.length === 0 ? [] : [field(UNIX_FDS, 'u', int(fds.length))]),
    ];
    const array = fields.reduce((all, one) => Buffer.concat([pad(all, 8), one]), Buffer.alloc(0));
    const head = Buffer.concat([
      Buffer.from('l'),
      Buffer.of(METHOD_CALL, 0, 1),
      int(body.length),
      int(serial),
      int(array.length),
      array,
    ]);
    const data = Buffer.concat([pad(head, 8), body]);
    const sent = await this.#socket.sendMsg(fds.length === 0 ? { data } : { data, meta: { fds } });
    assert.equal(sent, data.length);
    return serial;
  }

  /** The next method call that comes. */
  async served(): Promise<BusMessage> {
    for (;;) {
      const message = this.#others.shift() ?? (await this.#receive());
      if (message.type === METHOD_CALL) return message;
    }
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(line: string): Promise<string> {
    await this.#socket.sendAll(`${line}\r\n`);
    const answer = await this.#socket.recv();
    return answer!.toString().trimEnd();
  }

  async #receive(): Promise<BusMessage> {
    await this.#fill(16);
    const headLength = 16 + this.#buffer.readUInt32LE(12);
    const bodyAt = (headLength + 7) & ~7;
    const length = bodyAt + this.#buffer.readUInt32LE(4);
    await this.#fill(length);
    const head = this.#buffer.subarray(0, headLength);
    const body = this.#buffer.subarray(bodyAt, length);
    this.#buffer = this.#buffer.subarray(length);
    const fields = fieldsIn(head);
    const fds = this.#fds.splice(0, Number(fields.get(UNIX_FDS) ?? 0));
    return { type: head[1]!, serial: head.readUInt32LE(8), fields, body, fds };
  }

  async #fill(length: number): Promise<void> {
    while (this.#buffer.length < length) {
      const piece = await this.#socket.recvMsg({ timeout: '10s' });
      assert.ok(piece, 'the bus has closed the connection');
      this.#buffer = Buffer.concat([this.#buffer, piece.data]);
      this.#fds.push(...(piece.meta.fds ?? []));
    }
  }
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
}

function pad(bytes: Buffer, to: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
}

/** A struct of a byte and a variant; the value begins at a multiple of four by itself. */
function field(code: number, signature: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(code, 1), Buffer.from(`${signature}\0`), value]);
}

function fieldsIn(head: Buffer): Map<number, string | number> {
  const fields = new Map<number, string | number>();
  for (let at = 16; at < head.length; at = (at + 7) & ~7) {
    const code = head[at]!;
    const signature = String.fromCharCode(head[at + 2]!);
    at += 4;
    if (signature === 'u') {
      fields.set(code, head.readUInt32LE(at));
      at += 4;
    } else {
      const wide = signature !== 'g';
      const length = wide ? head.readUInt32LE(at) : head[at]!;
      at += wide ? 4 : 1;
      fields.set(code, head.toString('utf8', at, at + length));
      at += length + 1;
    }
  }
  return fields;
}

const DRIVER = 'org.freedesktop.DBus';
const DRIVER_PATH = '/org/freedesktop/DBus';

inBothColours(
  'dbus-daemon tells its names, and carries a descriptor from one connection to another',
  async (net, t) => {
    const daemon = await startBus(t);
    if (daemon === null) return;
    const { path, folder } = daemon;
    const [giver, taker] = [await Bus.open(net, path), await Bus.open(net, path)];
    for (const bus of [giver, taker]) {
      const { body } = await bus.call(DRIVER, DRIVER_PATH, 'Hello', '', Buffer.alloc(0));
      assert.match(body.toString('utf8', 4), /^:1\.\d+\0$/);
    }
    const { body: owner } = await taker.call(
      DRIVER,
      DRIVER_PATH,
      'RequestName',
      'su',
      Buffer.concat([pad(text('org.berkeley.Taker'), 4), int(0)]),
    );
    assert.equal(owner.readUInt32LE(), 1, 'DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER');
    const { body: names } = await giver.call(DRIVER, DRIVER_PATH, 'ListNames', '', Buffer.alloc(0));
    assert.match(names.toString(), /org\.berkeley\.Taker\0/);

    const file = join(folder, 'gift');
    writeFileSync(file, 'over the bus');
    const fd = openSync(file, 'r');
    // The body is the index of the descriptor: signature 'h'.
    await giver.send('org.berkeley.Taker', '/taker', 'Take', 'h', int(0), [fd]);
    closeSync(fd);
    const taken = await taker.served();
    assert.equal(taken.fields.get(MEMBER), 'Take');
    assert.equal(taken.fields.get(UNIX_FDS), 1);
    assert.deepEqual(taken.body, int(0));
    assert.equal(readFileSync(taken.fds[0]!, 'utf8'), 'over the bus');
    closeSync(taken.fds[0]!);
    giver.close();
    taker.close();
  },
);
