// Owns the judgement that is ours and not OpenSSL's: pins and the function `verify`.

import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateError } from '../../error/socket-error.js';
import { refusedCertificate } from './failure.js';
import type { Info } from './info.js';
import type { SessionPlan } from './session-plan.js';

/** Whether there is anything to judge. */
export function judges({ server, asksClient, pins, verify }: SessionPlan): boolean {
  return (!server || asksClient) && (pins.length > 0 || typeof verify === 'function');
}

/** The error for a refusal, with the alert that told the peer, if there was one. */
export type Refusal = (alert?: string) => CertificateError;

/** Why the peer is refused, or null. Pins hold besides everything else; a function decides alone. */
export function refusalOf(
  { pins, verify }: SessionPlan,
  info: Info,
  at: { address?: string; port?: number },
): Refusal | null {
  const { verifyCode } = info;
  // Whatever it returns: something that merely looks true is no consent.
  if (typeof verify === 'function' && (verify(info) as unknown) !== true)
    return (alert) => refusedCertificate('ERR_TLS_VERIFY', at, verifyCode, alert);
  if (pins.length > 0 && !pinned(info.chainBytes[0], pins))
    return (alert) => refusedCertificate('ERR_TLS_PIN', at, verifyCode, alert);
  return null;
}

/** RFC 7469 §2.4: the hash of the SubjectPublicKeyInfo. */
function pinned(certificate: Buffer | undefined, pins: readonly Buffer[]): boolean {
  if (certificate === undefined) return false;
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(key).digest();
  return pins.some((pin) => pin.equals(hash));
}
