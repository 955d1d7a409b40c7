// Owns what `berkeley cert` finds out, and how it looks. It must not know how it was found.

import type { X509Certificate } from 'node:crypto';
import type { Failure } from '../failure.js';
import { certificateFacts, type CertificateFacts } from '../tls/certificate.js';
import { certificateRows, row } from '../tls/screen.js';
import { visible } from '../visible.js';

/** Also what --json prints. */
export interface CertReport {
  readonly source: string;
  /** What the certificate was checked for; null: for no name. */
  readonly name: string | null;
  /** OpenSSL's name for what is wrong; `'OK'`. */
  readonly verdict: string;
  readonly chain: readonly ChainFacts[];
  /** Null when all is well. */
  readonly error: Failure | null;
  readonly exitCode: number;
}

export interface ChainFacts extends CertificateFacts {
  /** SHA-1 of the whole certificate, in hexadecimal, as old tools list it. */
  readonly fingerprint: string;
  readonly authority: boolean;
  /** Only with --pem. */
  readonly pem?: string;
}

export function chainFacts(certificate: X509Certificate, pem: boolean): ChainFacts {
  return {
    ...certificateFacts(certificate),
    fingerprint: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    authority: certificate.ca,
    ...(pem ? { pem: certificate.toString() } : {}),
  };
}

export function certScreen({ source, name, verdict, chain, error }: CertReport): string {
  const lines = [`${visible(source)}: ${chain.length} certificate${chain.length === 1 ? '' : 's'}`];
  const words =
    verdict === 'OK' ? `valid${name === null ? ', for no name in particular' : ` for ${name}`}` : `NO: ${verdict}`;
  lines.push('', ...row(2, 'verdict', words));
  if (error?.hint != null) lines.push(...row(2, '', error.hint));
  for (const [depth, certificate] of chain.entries()) {
    const facts: [string, string][] = [
      ...certificateRows(certificate),
      ['serial', certificate.serialNumber],
      ['sha256', certificate.fingerprint256],
      ['sha1', certificate.fingerprint],
      ['kind', certificate.authority ? 'an authority: it may sign others' : 'for an end'],
    ];
    lines.push('', ...row(2, `${depth}`, certificate.subject), ...facts.flatMap(([key, value]) => row(4, key, value)));
  }
  return `${lines.join('\n')}\n`;
}
