// Owns OCSP responses of other times, which no option of `openssl ocsp` makes. It must not know what is tested.

import { sign } from 'node:crypto';

const SEQUENCE = 0x30;
const GENERALIZED_TIME = 0x18;

/**
 * The same response, made so many milliseconds earlier and signed again with sha256WithRSAEncryption: lengths of RSA signatures
 * do not change, so nothing around them has to.
 */
export function backdated(response: Buffer, key: string, ms: number): Buffer {
  const copy = Buffer.from(response);
  // OCSPResponse ::= SEQUENCE { status ENUMERATED, [0] SEQUENCE { OID, OCTET STRING } }: RFC 6960 §4.2.1
  const outer = children(children(children(copy)[1]!)[0]!);
  // BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature BIT STRING, … }
  const [data, , signature] = children(children(outer[1]!, true)[0]!);
  move(data!, ms);
  const signed = sign('sha256', data!, key);
  // A BIT STRING begins with the number of unused bits.
  signed.copy(signature!, signature!.length - signed.length);
  return copy;
}

/** Moves all times in what lies below. */
function move(value: Buffer, ms: number): void {
  for (const child of children(value)) {
    if (child[0] === GENERALIZED_TIME) {
      const text = child.toString('latin1', 2);
      const iso = text.replace(/(....)(..)(..)(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z');
      const moved = new Date(Date.parse(iso) - ms).toISOString().replace(/[-:T]|\.\d+/g, '');
      child.write(moved, 2, 'latin1');
    } else if (child[0]! === SEQUENCE || child[0]! >= 0xa0) move(child, ms);
  }
}

/** The values inside a value of DER, with their tags and lengths; `wrapped` takes those of an OCTET STRING. */
function children(value: Buffer, wrapped = false): Buffer[] {
  if (!wrapped && (value[0]! & 0x20) === 0) return [];
  const found: Buffer[] = [];
  for (let at = headerOf(value); at < value.length;) {
    const rest = value.subarray(at);
    const end = headerOf(rest) + lengthOf(rest);
    found.push(rest.subarray(0, end));
    at += end;
  }
  return found;
}

function headerOf(value: Buffer): number {
  return value[1]! < 0x80 ? 2 : 2 + (value[1]! & 0x7f);
}

function lengthOf(value: Buffer): number {
  return value[1]! < 0x80 ? value[1]! : value.readUIntBE(2, value[1]! & 0x7f);
}
