// Owns UdpSocket<M>: arguments in, attempts out. The words of its documentation stand on the interface.

import type { Address, Target } from '../contract/address.js';
import type { Datagram, Message, Meta } from '../contract/message.js';
import type { Data, Mode, Op, R } from '../contract/mode.js';
import type { Socket } from '../contract/socket.js';
import type { GroupOptions, Multicast, UdpBase } from '../contract/udp.js';
import type { Attempt } from '../core/attempt.js';
import { closeQuietly } from '../core/closing.js';
import type { Handle } from '../core/handle.js';
import { RecvMany, RecvMessage, SendMany, SendMessage } from '../core/message/message.js';
import { localAddress } from '../core/sockaddr.js';
import * as core from '../core/udp/udp.js';
import { isWant } from '../core/want.js';
import { invalidType, wholeNumber } from '../error/invalid.js';
import { admit } from '../wait/limit.js';
import { setReferenced } from '../wait/reactor.js';
import { customInspect, show, shownAddress, shownFact, type Shown } from '../error/shown.js';
import type { Colour } from './colour.js';
import { udpPeer } from './udp-arguments.js';

/** More than a datagram can have, and all that GRO joins. */
const LONGEST = 65_535;
/** What an offer of memory may have. */
const MOST = 0x7ffff000;
/** All that the options of IP and UDP bring at once, and more. */
const CONTROL = 512;

export class UdpFace<M extends Mode> implements UdpBase<M> {
  readonly socket: Socket<M>;
  readonly multicast: Multicast;
  readonly #colour: Colour<M>;
  readonly #handle: Handle;
  #local: Address;

  constructor(handle: Handle, colour: Colour<M>) {
    this.#handle = handle;
    this.#colour = colour;
    this.socket = colour.socket(handle);
    this.multicast = new MulticastFace(handle);
    this.#local = localAddress(handle.fd);
  }

  /** The handle behind a UDP socket of either colour. */
  static handleOf(value: unknown): Handle | null {
    return typeof value === 'object' && value !== null && #handle in value ? (value as UdpFace<Mode>).#handle : null;
  }

  get localAddr(): Address {
    this.#rememberLocal();
    return this.#local;
  }

  get broadcast(): boolean {
    return core.getBroadcast(this.#handle);
  }
  set broadcast(on: boolean) {
    core.setBroadcast(this.#handle, on);
  }
  get ttl(): number {
    return core.getTtl(this.#handle);
  }
  set ttl(value: number) {
    core.setTtl(this.#handle, value);
  }
  get tos(): number {
    return core.getTos(this.#handle);
  }
  set tos(value: number) {
    core.setTos(this.#handle, value);
  }

  recv(o?: Op & { max?: number }): R<M, Datagram> {
    return this.#colour.runner.run(receive, this.#handle, o, undefined, o);
  }

  recvMany(max: number, o?: Op & { size?: number }): R<M, Datagram[]> {
    return this.#colour.runner.run(receiveMany, this.#handle, max, o, o);
  }

  send(data: Data | Data[], to?: Target, o?: Op & { meta?: Meta }): R<M, number> {
    return this.#colour.runner.run(send, this.#handle, { data, to, meta: o?.meta }, undefined, o);
  }

  sendMany(messages: Message[], o?: Op): R<M, number> {
    return this.#colour.runner.run(sendMany, this.#handle, messages, undefined, o);
  }

  /** The next datagram, if it is there and no call waits for it. */
  protected takeAtOnce(): Datagram | null {
    const handle = this.#handle;
    if (handle.closing || handle.firstRead !== null) return null;
    const result = receive(handle, undefined).step();
    return isWant(result) ? null : result;
  }

  connect(to: Target | null, o?: Op): R<M, void> {
    return this.#colour.runner.go(() => {
      const endpoint = to === null ? null : udpPeer('to', to);
      admit(o, 'connect');
      return new core.ConnectUdp(this.#handle, endpoint);
    }, o);
  }

  join(group: string, o?: GroupOptions): this {
    core.join(this.#handle, group, o);
    return this;
  }

  leave(group: string, o?: GroupOptions): this {
    core.leave(this.#handle, group, o);
    return this;
  }

  ref(): this {
    setReferenced(this.#handle.registration, true);
    return this;
  }

  unref(): this {
    setReferenced(this.#handle.registration, false);
    return this;
  }

  close(): void {
    this.#rememberLocal();
    closeQuietly(this.#handle);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  [customInspect](...shown: Shown): string {
    const { fd } = this.#handle;
    const remote = fd < 0 ? null : shownAddress(() => this.socket.getpeername());
    return show('UdpSocket', { fd, local: this.localAddr.toString(), remote }, shown);
  }

  #rememberLocal(): void {
    if (this.#handle.fd >= 0) this.#local = localAddress(this.#handle.fd);
  }
}

class MulticastFace implements Multicast {
  readonly #handle: Handle;
  #interface = 0;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  get ttl(): number {
    return core.getMulticastTtl(this.#handle);
  }
  set ttl(value: number) {
    core.setMulticastTtl(this.#handle, value);
  }
  get loopback(): boolean {
    return core.getMulticastLoopback(this.#handle);
  }
  set loopback(on: boolean) {
    core.setMulticastLoopback(this.#handle, on);
  }
  get interface(): string | number | null {
    return core.getMulticastInterface(this.#handle, this.#interface);
  }
  set interface(value: string | number | null) {
    this.#interface = core.setMulticastInterface(this.#handle, value);
  }

  [customInspect](...shown: Shown): string {
    const facts = {
      ttl: shownFact(() => this.ttl),
      loopback: shownFact(() => this.loopback),
      interface: shownFact(() => this.interface),
    };
    return show('Multicast', facts, shown);
  }
}

function receive(handle: Handle, o: (Op & { max?: number }) | undefined): Attempt<Datagram> {
  const size = o?.max === undefined ? LONGEST : wholeNumber('max', o.max, 1, MOST);
  // It is never the end: only streams and seqpackets have one.
  return new RecvMessage(handle, size === LONGEST ? usual : { ...usual, size }) as Attempt<Datagram>;
}

const usual = { size: LONGEST, control: CONTROL, flags: 0 };

function receiveMany(handle: Handle, max: number, o: (Op & { size?: number }) | undefined): Attempt<Datagram[]> {
  wholeNumber('max', max, 1, 0x7fffffff);
  const size = o?.size === undefined ? LONGEST : wholeNumber('size', o.size, 1, MOST);
  return new RecvMany(handle, max, { size });
}

function send(handle: Handle, message: Message): SendMessage {
  return new SendMessage(handle, message, 0, NAMES);
}

const NAMES = { data: 'data', to: 'to', meta: 'meta' };

function sendMany(handle: Handle, messages: Message[]): SendMany {
  if (!Array.isArray(messages)) throw invalidType('messages', 'an array', messages);
  return new SendMany(handle, messages);
}
