// Owns what a colour consists of: its runner and the makers of its objects. sync/ and promises/ each define one.

import type { Mode } from '../contract/mode.js';
import type { Framed } from '../contract/codec.js';
import type { Conn } from '../contract/conn.js';
import type { Listener } from '../contract/listener.js';
import type { Socket } from '../contract/socket.js';
import type { UdpSocket } from '../contract/udp.js';
import type { Handle } from '../core/handle.js';
import type { Stream } from '../core/stream.js';
import type { Runner } from '../wait/runner.js';
import type { FramedParts } from './framed-face.js';
import type { Listening } from './listening.js';

export interface Colour<M extends Mode> {
  readonly runner: Runner<M>;
  socket(handle: Handle): Socket<M>;
  conn(stream: Stream): Conn<M>;
  udp(handle: Handle): UdpSocket<M>;
  framed<I, O>(parts: FramedParts<M, I, O>): Framed<M, I, O>;
  listener(listening: Listening): Listener<M>;
}
