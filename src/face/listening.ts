// Owns what the faces of one listener have in common, so that both colours can accept from the same queue. It must not know
// any colour.

import type { Address } from '../contract/address.js';
import type { ListenOptions } from '../contract/listener.js';
import { encodingOf, type Encoding } from '../codec/text.js';
import type { Handle } from '../core/handle.js';
import { Lane } from '../core/lane.js';
import { localAddress } from '../core/sockaddr.js';
import type { SessionPlan } from '../core/tls/tls.js';
import type { Origin } from '../event/tap.js';

export class Listening {
  readonly handles: readonly Handle[];
  readonly addresses: Address[];
  /** Accepts take turns over all sockets together. */
  readonly lane: Lane;
  readonly encoding: Encoding;
  readonly origin: Origin;
  /** For the next connections. */
  tls: SessionPlan | null;
  /** Its end was told. */
  ended = false;

  constructor(handles: readonly Handle[], o: ListenOptions, tls: SessionPlan | null, origin: Origin) {
    this.handles = handles;
    this.addresses = handles.map((handle) => localAddress(handle.fd));
    this.lane = handles.length === 1 ? handles[0]!.reads : new Lane();
    this.encoding = encodingOf('encoding', o.encoding ?? 'utf-8');
    this.origin = origin;
    this.tls = tls;
  }
}
