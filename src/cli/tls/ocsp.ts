// Owns what a stapled OCSP response says: RFC 6960 §4.2.1. It checks no signature and must not be taken for a judge.

export interface OcspFacts {
  readonly bytes: number;
  /** Null when it is no response with an answer. */
  readonly status: 'good' | 'revoked' | 'unknown' | null;
  /** When a newer one is to be had, ISO 8601; null when that is not said. */
  readonly nextUpdate: string | null;
}

export function ocspFacts(der: Uint8Array): OcspFacts {
  const [, status, , next] = singleResponse(Buffer.from(der));
  const time = next === undefined ? undefined : children(next.content)[0]?.content.toString('latin1');
  return {
    bytes: der.length,
    status: statuses.get(status?.tag ?? 0) ?? null,
    nextUpdate: time?.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z') ?? null,
  };
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** certID, certStatus, thisUpdate, nextUpdate of the first answer; empty when there is none. */
function singleResponse(der: Buffer): Element[] {
  const [, answer] = inside(der);
  const [, octets] = inside(answer?.content);
  const [data] = inside(octets?.content);
  const responses = children(data?.content).find(({ tag }) => tag === SEQUENCE);
  return inside(responses?.content);
}

/** The parts of the first element. */
function inside(bytes: Buffer | undefined): Element[] {
  return children(children(bytes)[0]?.content);
}

/** What stands side by side in DER, as far as it makes sense. */
function children(bytes: Buffer = Buffer.alloc(0)): Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const first = bytes.readUInt8(at + 1);
    // Longer ones than 0xffffff bytes do not fit a handshake.
    const more = first < 0x80 ? 0 : first - 0x80;
    if (more > 3 || at + 2 + more > bytes.length) break;
    const from = at + 2 + more;
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
    if (first === 0x80 || from + length > bytes.length) break;
    found.push({ tag: bytes.readUInt8(at), content: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return found;
}

const SEQUENCE = 0x30;
const statuses: ReadonlyMap<number, OcspFacts['status']> = new Map([
  [0x80, 'good'],
  [0xa1, 'revoked'],
  [0x82, 'unknown'],
]);
