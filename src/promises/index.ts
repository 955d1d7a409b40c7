// The promise colour: `import { connect } from 'berkeley'`.

import type {
  Conn,
  Data,
  Datagram,
  Listener,
  Meta,
  Net,
  NumOf,
  NumType,
  Op,
  Target,
  UdpSocket,
} from '../contract/index.js';
import { Accept, acceptOne } from '../core/accept.js';
import { numbers } from '../codec/number.js';
import { sendAtOnce } from '../core/message/message.js';
import { NextPiece } from '../core/reading.js';
import { ClosedError } from '../error/socket-error.js';
import { writeAtOnce, writeRest } from '../core/writing.js';
import type { Colour } from '../face/colour.js';
import { ConnFace } from '../face/conn-face.js';
import { FramedFace } from '../face/framed-face.js';
import { ListenerFace } from '../face/listener-face.js';
import { netOf } from '../face/net.js';
import { SocketFace } from '../face/socket-face.js';
import { UdpFace } from '../face/udp-face.js';
import { mayProceed } from '../wait/fairness.js';
import { admit } from '../wait/limit.js';
import { promised } from '../wait/promise.js';

class AsyncConnFace extends ConnFace<'async'> implements AsyncIterable<Buffer> {
  protected override get colour(): Colour<'async'> {
    return colour;
  }

  override readLine(o?: Op & { max?: number }): Promise<string | null> {
    const { stream } = this;
    // What is in the buffer counts for the turn of the loop, but not as a success of the socket.
    if (o?.max !== undefined || stream.handle.closing || !mayProceed(null)) return super.readLine(o);
    try {
      admit(o, 'read');
      const line = stream.lineAtOnce();
      return line === null ? super.readLine(o) : Promise.resolve(line);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  override readNum<T extends NumType>(type: T, o?: Op): Promise<NumOf<T>> {
    const { stream } = this;
    const form = numbers[type];
    if (form === undefined || stream.handle.closing || !mayProceed(null)) return super.readNum(type, o);
    try {
      admit(o, 'read');
      const value = stream.numberAtOnce(form);
      return value === undefined ? super.readNum(type, o) : Promise.resolve(value as NumOf<T>);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  override write(data: Data | Data[], o?: Op): Promise<number> {
    const { stream } = this;
    const { handle } = stream;
    if (!(data instanceof Uint8Array) || handle.closing || !mayProceed(handle.registration))
      return super.write(data, o);
    try {
      admit(o, 'write');
      const n = writeAtOnce(stream, data);
      if (n === 0) return super.write(data, o);
      return n === data.length && stream.flushed ? Promise.resolve(n) : promised.run(writeRest, stream, data, n, o);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  /** Written by hand: a step costs 29 ns, over an async generator 92. Leaving the loop closes nothing, so there is no `return`. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return new Pieces(this.stream);
  }
}

/** The iterator is the operation itself, so that thousands that wait, and every step, do with one object. */
class Pieces extends NextPiece implements AsyncIterator<Buffer, undefined> {
  next(): Promise<IteratorResult<Buffer, undefined>> {
    return promised.run(goOn, this, undefined, undefined, undefined);
  }
}

class AsyncFramedFace<I, O> extends FramedFace<'async', I, O> implements AsyncIterable<I> {
  [Symbol.asyncIterator](): AsyncIterator<I, undefined> {
    return { next: () => this.next() };
  }
}

class AsyncListenerFace extends ListenerFace<'async'> implements AsyncIterable<Conn<'async'>> {
  [Symbol.asyncIterator](): AsyncIterator<Conn<'async'>, undefined> {
    return { next: () => this.#next() };
  }

  /** Who is in the kernel's queue already needs no function that awaits. */
  #next(): Promise<IteratorResult<Conn<'async'>, undefined>> {
    const { handles, lane } = this.listening;
    const [handle] = handles;
    if (handles.length > 1 || handle!.closing || lane.head !== null || !mayProceed(handle!.registration))
      return this.#wait();
    try {
      const accepted = acceptOne(handle!);
      return accepted === null ? this.#wait() : Promise.resolve(this.#step(accepted));
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  /** It ends when the listener is closed. Awaits, so that the caller's line stands in the stack of any other error. */
  async #wait(): Promise<IteratorResult<Conn<'async'>, undefined>> {
    try {
      return await promised.go(() => new Accept(this.listening.handles, this.listening.lane, this.#step), undefined);
    } catch (error) {
      if (error instanceof ClosedError) return { done: true, value: undefined };
      throw error;
    }
  }

  readonly #step = (accepted: Parameters<typeof this.accepted>[0]): IteratorResult<Conn<'async'>, undefined> => ({
    done: false,
    value: this.accepted(accepted),
  });
}

class AsyncUdpFace extends UdpFace<'async'> implements AsyncIterable<Datagram> {
  override send(data: Data | Data[], to?: Target, o?: Op & { meta?: Meta }): Promise<number> {
    const handle = UdpFace.handleOf(this)!;
    if (o !== undefined || !(data instanceof Uint8Array) || !mayProceed(handle.registration))
      return super.send(data, to, o);
    try {
      const n = sendAtOnce(handle, data, to);
      return n === null ? super.send(data, to) : Promise.resolve(n);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Datagram, undefined> {
    return { next: () => this.#next() };
  }

  /** What is there already needs no function that awaits, which costs as much as all the rest of it. */
  #next(): Promise<IteratorResult<Datagram, undefined>> {
    try {
      const value = mayProceed(UdpFace.handleOf(this)!.registration) ? this.takeAtOnce() : null;
      return value === null ? this.#wait() : Promise.resolve({ done: false, value });
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }

  /** As the listener's. */
  async #wait(): Promise<IteratorResult<Datagram, undefined>> {
    try {
      return { done: false, value: await this.recv() };
    } catch (error) {
      if (error instanceof ClosedError) return { done: true, value: undefined };
      throw error;
    }
  }
}

const colour: Colour<'async'> = {
  runner: promised,
  socket: (handle) => new SocketFace(handle, colour),
  conn: (stream) => new AsyncConnFace(stream) as Conn<'async'>,
  framed: (parts) => new AsyncFramedFace(parts, promised),
  udp: (handle) => new AsyncUdpFace(handle, colour) as UdpSocket<'async'>,
  listener: (listening) => new AsyncListenerFace(listening, colour) as Listener<'async'>,
};

function goOn(pieces: Pieces): Pieces {
  pieces.check();
  return pieces;
}

const net: Net<'async'> = netOf(colour);

export * from '../face/common.js';
export const {
  connect,
  listen,
  udp,
  pair,
  socketPair,
  share,
  socket,
  adopt,
  conn,
  select,
  lookup,
  reverse,
  relay,
  address,
  setDefaults,
} = net;
