// Owns the beginning of TLS in the middle of a connection, and what becomes of the bytes that are buffered then: whatever
// came in the clear must not be taken for something that came protected (CVE-2011-0411).

import type { TlsInfo } from '../../contract/tls.js';
import { refusal } from '../../error/make.js';
import { native } from '../../native/load.js';
import type { Stream } from '../stream.js';
import { addTls, Handshake } from './handshake.js';
import type { SessionPlan } from './session-plan.js';

export type Buffered = 'reject' | 'discard' | 'feed';

export function startTls(stream: Stream, plan: SessionPlan, buffered: Buffered, server: boolean): Handshake<TlsInfo> {
  checkStart(stream);
  // A TLS server says nothing before the ClientHello, so what has come to a client came in the clear, in whatever
  // segments. To a server the kernel may have the ClientHello already.
  if (!server && buffered !== 'feed') receiveQueued(stream, buffered);
  addTls(stream, plan, takeBuffered(stream, buffered));
  return new Handshake(stream, (info) => info);
}

/** What must hold before options are even looked at. */
export function checkStart(stream: Stream): void {
  stream.check('tls');
  if (stream.layer !== null) throw refusal('ERR_SOCKET_STATE', 'tls', 'TLS is on already');
  stream.handle.checkIdle('tls', 'startTls');
  if (stream.handle.writingEnded)
    throw refusal('ERR_SOCKET_STATE', 'tls', 'our direction has ended, so there can be no handshake');
}

/** Receives what the kernel has now, which is not waited for and has an end even if the peer has none; one piece is enough to refuse. */
function receiveQueued(stream: Stream, buffered: Buffered): void {
  const { buffer, handle } = stream;
  for (let left = native.queuedIn(handle.fd); left > 0;) {
    if (buffered === 'reject' && buffer.length > 0) return;
    handle.registration.readable = true;
    const n = stream.fill();
    if (n <= 0) return;
    left -= n;
    if (buffered === 'discard') takeBuffered(stream, buffered);
  }
}

function takeBuffered(stream: Stream, buffered: Buffered): Buffer | null {
  const { buffer } = stream;
  const { length } = buffer;
  if (length === 0) return null;
  if (buffered === 'reject')
    throw refusal('ERR_TLS_BUFFERED_DATA', 'tls', `${length} bytes came in the clear behind what was read`, {
      hint: "They may be injected. A client drops them with { buffered: 'discard' }; a server whose client sends its ClientHello with the command passes { buffered: 'feed' }.",
    });
  const bytes = Buffer.from(buffer.view());
  buffer.skip(length);
  // They are no application bytes.
  stream.bytesRead -= length;
  return buffered === 'feed' ? bytes : null;
}
