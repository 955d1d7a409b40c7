// Owns the ways a socket ends: gracefully, at once, with a reset, or by giving the descriptor away.
//
// Why the ceremony: close(2) with unread input makes the kernel send RST, and the peer then loses data that we sent before
// and it has not read. So our direction is ended first and the input that is already there is thrown away. And close(2)
// with SO_LINGER above 0 freezes the thread even on a non-blocking socket, so the wait is ours and the option is cleared.
//
// There is none of it for an inheritable socket, which a child may have too: shutdown(2) would end the child's connection
// and the input is the child's to read. Only our descriptor is closed.

import type { Phase } from '../contract/error.js';
import { closedError, refusal } from '../error/make.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt } from './attempt.js';
import { closeDescriptor, type Handle } from './handle.js';
import type { MakeError } from './lane.js';
import { lingerAtEnd, setLingerAtEnd } from './option/linger.js';
import { changeMode } from './passing.js';
import { retire } from './registration.js';
import type { Stream } from './stream.js';
import { untrackLeak } from './leak.js';
import { isWant, Want } from './want.js';
import { unacknowledged } from './writing.js';

/** Ends every waiting call, by `why` if there is a reason besides the closing, and closes the descriptor now. */
function closeNow(handle: Handle, why: MakeError | null = null): void {
  if (handle.fd < 0) return;
  handle.closing = true;
  handle.stream?.rememberAddresses();
  const phase = handle.state === 'listening' ? 'accept' : 'read';
  // The descriptor goes first, so that nothing that is told of the end finds it still open.
  closeDescriptor(handle);
  handle.stream?.layer?.release();
  const { firstWrite } = handle;
  const unsent = firstWrite !== null && !firstWrite.survives;
  if (unsent && handle.stream !== null) handle.stream.ending.torn = true;
  if (handle.firstRead !== null) handle.reads.failAfter(null, why ?? ((facts) => closedError(phase, facts)));
  if (handle.firstWrite !== null) {
    handle.writes.failAfter(null, why ?? ((facts) => closedError('write', facts)));
    handle.writes.advance();
  }
  // Those in no lane of this socket (select, poll): no event comes any more, and their next step finds it closed.
  for (const watcher of handle.registration.watchers ?? []) watcher.wake();
  handle.stream?.tellEnd();
}

/** Ends our direction and throws away what has arrived, without waiting, and closes. */
export function closeQuietly(handle: Handle, why: MakeError | null = null): void {
  if (handle.fd < 0) return;
  clearLinger(handle);
  if (handle.stream !== null && handle.state !== 'listening' && !handle.inheritable && !isOver(handle, handle.stream)) {
    leave(handle, handle.stream);
    discard(handle, handle.stream);
  }
  closeNow(handle, why);
}

/** Closes with an RST. */
export function abort(stream: Stream): void {
  const { handle } = stream;
  if (handle.fd < 0) return;
  setLingerAtEnd(handle, 0);
  stream.rememberAddresses();
  stream.conclude({ by: 'local', clean: false });
  closeNow(handle);
}

/** The graceful close of a connection. It queues behind the writes; see ConnBase.close. */
export class CloseStream implements Attempt<void> {
  readonly phase: Phase = 'close';
  readonly limit = Infinity;
  readonly survives = true;
  readonly #stream: Stream;
  /** Wait for the peer's end, because the caller gave a limit for it. */
  readonly #waitForPeer: boolean;
  #begun = false;
  #left = false;
  #lingerUntil: number | null = null;

  constructor(stream: Stream, waitForPeer: boolean) {
    this.#stream = stream;
    this.#waitForPeer = waitForPeer;
    const { handle } = stream;
    if (handle.closing) return;
    handle.closing = true;
    if (handle.firstRead !== null) handle.reads.failAfter(null, (facts) => closedError('read', facts));
  }

  get lane() {
    return this.#stream.handle.writes;
  }
  get registration() {
    return this.#stream.handle.registration;
  }

  step(): void | Want {
    const { handle } = this.#stream;
    if (handle.fd < 0) return;
    if (!this.#begun) {
      this.#begun = true;
      this.#stream.rememberAddresses();
      const linger = lingerAtEnd(handle);
      if (linger === 0) {
        closeNow(handle);
        return;
      }
      if (linger === null && isOver(handle, this.#stream)) {
        closeNow(handle);
        return;
      }
      if (linger !== null) this.#lingerUntil = performance.now() + linger;
      if (handle.inheritable) {
        this.#finish();
        return;
      }
      whoLeaves(handle, this.#stream);
    }
    if (!this.#left) {
      // The last of the writes: TLS says that nothing more comes.
      const n = sayEnd(this.#stream);
      if (isWant(n)) return n;
      this.#left = true;
      native.shutdown(handle.fd, C.SHUT_WR);
    }
    const peerEnded = discard(handle, this.#stream);
    if (this.#waitForPeer && !peerEnded) return Want.Read;
    if (this.#lingerUntil !== null && unacknowledged(handle) > 0 && performance.now() < this.#lingerUntil)
      return Want.Pause;
    this.#finish();
  }

  expired(): { value: undefined } {
    const stream = this.#stream;
    const { firstWrite } = stream.handle;
    if (firstWrite !== null && !firstWrite.survives) {
      stream.ending.torn = true;
      stream.conclude({ by: 'timeout', clean: false });
    } else if (!stream.ended) stream.conclude({ by: 'timeout' });
    this.#finish();
    return { value: undefined };
  }

  /** A signal ended the wait: the connection closes all the same. */
  abandon(): void {
    this.#finish();
  }

  #finish(): void {
    clearLinger(this.#stream.handle);
    closeNow(this.#stream.handle);
  }
}

/** Waits for the send queue within SO_LINGER, as close(2) of a blocking socket does. */
export class CloseSocket implements Attempt<void> {
  readonly phase: Phase = 'close';
  readonly lane = null;
  readonly limit = Infinity;
  readonly #handle: Handle;
  readonly #until: number;

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#until = performance.now() + ((handle.fd < 0 ? null : lingerAtEnd(handle)) ?? 0);
  }

  get registration() {
    return this.#handle.registration;
  }

  step(): void | Want {
    const handle = this.#handle;
    if (handle.fd < 0) return;
    if (performance.now() < this.#until && unacknowledged(handle) > 0) return Want.Pause;
    clearLinger(handle);
    closeNow(handle);
  }
}

/** Gives the descriptor up without closing it. */
export function detach(handle: Handle): number {
  handle.check('close');
  handle.checkIdle('close', 'detach');
  if (handle.stream?.layer)
    throw refusal('ERR_SOCKET_STATE', 'close', 'the descriptor cannot be given away while TLS is on', {
      hint: 'stopTls() first: the keys stay in this process.',
    });
  const buffered = handle.stream?.buffered ?? 0;
  if (buffered > 0)
    throw refusal('ERR_BUFFERED_DATA', 'close', `${buffered} bytes were already read into the buffer`, {
      hint: 'Take them with read() first, and hand them on beside the descriptor.',
    });
  const { registration } = handle;
  const { fd } = registration;
  handle.stream?.rememberAddresses();
  retire(registration, true);
  if (!handle.wasNonBlocking) setMode(handle, true);
  untrackLeak(registration);
  native.disown(fd);
  registration.fd = -1;
  handle.state = 'closed';
  handle.closing = true;
  handle.stream?.tellEnd();
  return fd;
}

/** FD_CLOEXEC, and the blocking mode that a child expects: O_NONBLOCK belongs to the open file. */
export function setInheritable(handle: Handle, on: boolean): void {
  handle.check('option');
  const result = native.setCloexec(handle.fd, !on);
  if (result < 0) throw systemError(result, 'fcntl', 'option');
  setMode(handle, on);
  // A child that got it keeps the open socket, and its place in the epoll, whatever we do later.
  if (on) handle.registration.shared = true;
}

function setMode({ registration }: Handle, blocking: boolean): void {
  const result = changeMode(registration, blocking);
  if (result < 0) throw systemError(result, 'fcntl', 'option');
}

/** After the wait is over, close(2) must not wait again. SO_LINGER 0 stays: it asks for the RST. */
function clearLinger(handle: Handle): void {
  if (handle.fd >= 0 && (lingerAtEnd(handle) ?? 0) > 0) setLingerAtEnd(handle, null);
}

/**
 * FAST PATH (bench: connections that come and go): the peer has ended its direction and we have read everything, so that there is
 * no input that close(2) could answer with an RST. Then it says all that shutdown(2) would, unless somebody else has the open
 * socket, too, or TLS has a last word. After SHUT_RD a receive answers with the end, whatever the peer is about to send.
 */
function isOver(handle: Handle, stream: Stream): boolean {
  return stream.ended && stream.layer === null && !handle.readingEnded && !handle.registration.shared;
}

/** Ends our direction, as far as that goes without waiting. */
function leave(handle: Handle, stream: Stream): void {
  whoLeaves(handle, stream);
  sayEnd(stream);
  native.shutdown(handle.fd, C.SHUT_WR);
}

/** Looks for the peer's end before ours is sent: what comes afterwards may be the answer to it. */
function whoLeaves(handle: Handle, stream: Stream): void {
  discard(handle, stream);
  stream.ending.leftFirst = !stream.ended;
}

/** Lets the layer say that nothing more comes from us, if that was not done by closeWrite. */
function sayEnd({ layer, handle }: Stream): number {
  return layer === null || handle.writingEnded ? 0 : layer.end();
}

/** Throws away input that is there already; true when the peer's end was found behind it, or the connection is gone. */
function discard(handle: Handle, stream: Stream): boolean {
  for (let pieces = 0; pieces < 1024; pieces++) {
    const n = native.recv(handle.fd, rubbish, 0, rubbish.length, C.MSG_DONTWAIT);
    if (n === C.EAGAIN) {
      handle.registration.readable = false;
      return false;
    }
    if (n <= 0) {
      stream.ended ||= n === 0;
      return true;
    }
  }
  return false;
}

const rubbish = Buffer.allocUnsafeSlow(64 * 1024);
