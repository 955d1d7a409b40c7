// The blocking colour: `import { connect } from 'berkeley/sync'`.

import type { Conn, Data, Datagram, Listener, Net, NumOf, NumType, Op, UdpSocket } from '../contract/index.js';
import { numbers } from '../codec/number.js';
import { NextPiece } from '../core/reading.js';
import type { Stream } from '../core/stream.js';
import { ClosedError } from '../error/socket-error.js';
import type { Colour } from '../face/colour.js';
import { ConnFace } from '../face/conn-face.js';
import { FramedFace } from '../face/framed-face.js';
import { ListenerFace } from '../face/listener-face.js';
import { netOf } from '../face/net.js';
import { SocketFace } from '../face/socket-face.js';
import { UdpFace } from '../face/udp-face.js';
import { blocking } from '../wait/blocking.js';
import { readAtOnce, readIntoAtOnce, writeNow } from './at-once.js';

class SyncConnFace extends ConnFace<'sync'> implements Iterable<Buffer> {
  protected override get colour(): Colour<'sync'> {
    return colour;
  }

  override readLine(o?: Op & { max?: number }): string | null {
    return (o === undefined ? this.stream.lineAtOnce() : null) ?? super.readLine(o);
  }

  override readInto(buffer: Uint8Array, o?: Op): number {
    return readIntoAtOnce(this.stream, buffer, o) ?? super.readInto(buffer, o);
  }

  override read(max?: number, o?: Op): Buffer | null {
    const piece = max === undefined ? readAtOnce(this.stream, o) : undefined;
    return piece === undefined ? super.read(max, o) : piece;
  }

  override write(data: Data | Data[], o?: Op): number {
    return writeNow(this.stream, data, o) ?? super.write(data, o);
  }

  override readNum<T extends NumType>(type: T, o?: Op): NumOf<T> {
    const form = o === undefined ? numbers[type] : undefined;
    if (form !== undefined) {
      const value = this.stream.numberAtOnce(form);
      if (value !== undefined) return value as NumOf<T>;
    }
    return super.readNum(type, o);
  }

  /** Leaving the loop closes nothing, so there is no `return`. */
  [Symbol.iterator](): Iterator<Buffer, undefined> {
    const { stream } = this;
    return { next: () => blocking.run(nextPiece, stream, undefined, undefined, undefined) };
  }
}

class SyncFramedFace<I, O> extends FramedFace<'sync', I, O> implements Iterable<I> {
  [Symbol.iterator](): Iterator<I, undefined> {
    return { next: () => this.next() };
  }
}

class SyncListenerFace extends ListenerFace<'sync'> implements Iterable<Conn<'sync'>> {
  [Symbol.iterator](): Iterator<Conn<'sync'>, undefined> {
    return {
      next: () => {
        try {
          return { done: false, value: this.accept() };
        } catch (error) {
          if (error instanceof ClosedError) return { done: true, value: undefined };
          throw error;
        }
      },
    };
  }
}

class SyncUdpFace extends UdpFace<'sync'> implements Iterable<Datagram> {
  [Symbol.iterator](): Iterator<Datagram, undefined> {
    return {
      next: () => {
        try {
          return { done: false, value: this.recv() };
        } catch (error) {
          if (error instanceof ClosedError) return { done: true, value: undefined };
          throw error;
        }
      },
    };
  }
}

const colour: Colour<'sync'> = {
  runner: blocking,
  socket: (handle) => new SocketFace(handle, colour),
  conn: (stream) => new SyncConnFace(stream) as Conn<'sync'>,
  framed: (parts) => new SyncFramedFace(parts, blocking),
  udp: (handle) => new SyncUdpFace(handle, colour) as UdpSocket<'sync'>,
  listener: (listening) => new SyncListenerFace(listening, colour) as Listener<'sync'>,
};

function nextPiece(stream: Stream): NextPiece {
  const next = new NextPiece(stream);
  next.check();
  return next;
}

const net: Net<'sync'> = netOf(colour);

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
