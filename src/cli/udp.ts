// Owns `berkeley udp`: datagrams out of standard input and into standard output, and when that ends. It must not know how the
// input is cut.

import type { Address } from '../contract/address.js';
import type { UdpSocket } from '../contract/udp.js';
import { SocketError, TimeoutError } from '../error/socket-error.js';
import { address, udp } from '../promises/index.js';
import { Input } from './input.js';
import { Notices } from './notices.js';
import { Output } from './output.js';
import type { UdpCommand } from './udp/command.js';
import { payloads } from './udp/payloads.js';
import { visibleJson } from './visible.js';

type Socket = UdpSocket<'async'>;

/** Longer than servers usually think before they answer. */
const PATIENCE = '2s';

export async function runUdp(command: UdpCommand): Promise<number> {
  const input = command.echo ? null : new Input(process.stdin);
  const output = new Output(process.stdout);
  try {
    if (command.listen) await listen(command, input, output);
    else await talk(command, input!, output);
  } finally {
    input?.close();
  }
  return 0;
}

/** Sends the input, prints what comes back, and ends when nothing more does. */
async function talk(command: UdpCommand, input: Input, output: Output): Promise<void> {
  const { target } = command;
  // Who answers a broadcast or a group is somebody else, whom a connected socket would not hear.
  const many = command.broadcast || isGroup(target);
  const socket = await (many ? udp(undefined, familyOf(target)) : udp(undefined, { connect: target }));
  const inputEnded = new AbortController();
  try {
    if (command.broadcast) socket.broadcast = true;
    if (command.interface !== undefined) socket.multicast.interface = command.interface;
    const sending = (async () => {
      for await (const data of payloads(input, command.whole)) await socket.send(data, many ? target : undefined);
      inputEnded.abort();
    })();
    // Whichever fails first ends both.
    await Promise.all([sending, answers(socket, output, command, inputEnded.signal)]);
  } finally {
    socket.close();
  }
}

/** Prints what comes: without a limit before the end of the input, then until the others are silent. */
async function answers(socket: Socket, output: Output, command: UdpCommand, inputEnded: AbortSignal): Promise<void> {
  for (;;) {
    const limit = inputEnded.aborted ? { timeout: command.timeout ?? PATIENCE } : { signal: inputEnded };
    try {
      const { data, from } = await socket.recv(limit);
      await output.write(command.json ? datagram(data, from) : data);
    } catch (error) {
      if (error instanceof TimeoutError) return;
      if (!(error instanceof SocketError && error.code === 'ABORT_ERR')) throw error;
    }
  }
}

/** Prints what comes from anybody. The input goes to whoever was heard last. */
async function listen(command: UdpCommand, input: Input | null, output: Output): Promise<void> {
  const { multicast: group, interface: on } = command;
  const target = /^\d+$/.test(command.target) ? Number(command.target) : command.target;
  const socket = await udp(target, { reuseAddress: group !== undefined });
  const heardOf: { last: Address | null } = { last: null };
  let heard = (): void => undefined;
  const anybody = new Promise<void>((resolve) => (heard = resolve));
  try {
    if (command.broadcast) socket.broadcast = true;
    if (on !== undefined) socket.multicast.interface = on;
    if (group !== undefined) socket.join(group, { interface: on });
    const place = socket.localAddr.toString();
    new Notices(command.json).tell('listening', { address: place }, `listening on ${place}\n`);
    const receiving = (async () => {
      for (;;) {
        const { data, from } = await socket.recv({ timeout: command.timeout });
        heardOf.last = from;
        heard();
        if (command.echo) await socket.send(data, from);
        else await output.write(command.json ? datagram(data, from) : data);
      }
    })();
    const sending = (async () => {
      if (input === null) return;
      for await (const data of payloads(input, command.whole)) {
        await anybody;
        await socket.send(data, heardOf.last!);
      }
    })();
    await Promise.race([receiving, sending.then(() => receiving)]);
  } catch (error) {
    // Silence is how this ends, unless there was nothing but silence.
    if (!(error instanceof TimeoutError) || heardOf.last === null) throw error;
  } finally {
    socket.close();
  }
}

function datagram(data: Buffer, from: Address): Buffer {
  const facts = { event: 'datagram', from: from.toString(), bytes: data.length, data: data.toString('base64') };
  return Buffer.from(`${visibleJson(facts)}\n`);
}

function isGroup(target: string): boolean {
  const host = numeric(target);
  return host !== null && /^(22[4-9]|23\d)\.|^ff[0-9a-f]{2}:/.test(host.address);
}

function familyOf(target: string): { family?: 'ipv4' | 'ipv6' } {
  const family = numeric(target)?.family;
  return family === 'ipv4' || family === 'ipv6' ? { family } : {};
}

/** The address that TARGET is, or null where it is a name. */
function numeric(target: string): Address | null {
  try {
    return address(target);
  } catch {
    return null;
  }
}
