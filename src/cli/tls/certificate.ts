// Owns what is told of one certificate. It must not know how it is shown, nor whether it is trusted.

import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { address } from '../../promises/index.js';
import { pinOf } from '../pin.js';

export interface CertificateFacts {
  /** `'C=DE, O=Example, CN=example.org'` */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** From the subject alternative name: DNS names and IP addresses as they are, others with their kind before them. */
  readonly names: readonly string[];
  /** `'RSA 2048'`, `'EC P-256'`, `'Ed25519'` */
  readonly key: string;
  /** ISO 8601, or what stands there if it is no date. */
  readonly validFrom: string;
  readonly validTo: string;
  /** Whole days until `validTo`; below 0 since then. */
  readonly daysLeft: number | null;
  /** SHA-256 of the public key, in base64. */
  readonly pin: string | null;
  /** SHA-256 of the whole certificate, in hexadecimal. */
  readonly fingerprint256: string;
}

export function certificateFacts(certificate: X509Certificate, now = Date.now()): CertificateFacts {
  const until = Date.parse(certificate.validTo);
  return {
    subject: oneLineName(certificate.subject),
    issuer: oneLineName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    names: namesOf(certificate.subjectAltName),
    key: keyOf(certificate),
    validFrom: isoDate(certificate.validFrom),
    validTo: isoDate(certificate.validTo),
    daysLeft: Number.isNaN(until) ? null : Math.floor((until - now) / 86_400_000),
    pin: pinOf(certificate),
    fingerprint256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** Node writes a line for each part, and nothing at all, against its types, for a name without parts. */
function oneLineName(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** Node writes `DNS:a.example, IP Address:::1`, and a value with anything special in it as a JSON string. */
function namesOf(text: string | undefined): string[] {
  const entries = (text ?? '').matchAll(/([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g);
  return [...entries].map(([, kind = '', value = '']) => {
    const plain = value.startsWith('"') ? (JSON.parse(value) as string) : value;
    if (kind === 'IP Address') return shortAddress(plain);
    return kind === 'DNS' ? plain : `${kind}:${plain}`;
  });
}

/** Node writes IPv6 addresses in full. */
function shortAddress(text: string): string {
  return isIPv6(text) ? address(`[${text}]:0`).address : text;
}

function keyOf(certificate: X509Certificate): string {
  let key: KeyObject;
  try {
    key = certificate.publicKey;
  } catch {
    return 'of a kind that this Node.js cannot read';
  }
  const type = key.asymmetricKeyType ?? '';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `${type.toUpperCase()} ${modulusLength}`;
  if (namedCurve !== undefined) return `EC ${curves[namedCurve] ?? namedCurve}`;
  return type.charAt(0).toUpperCase() + type.slice(1);
}

function isoDate(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString().replace('.000Z', 'Z');
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
