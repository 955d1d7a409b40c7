// Owns the way from OpenSSL's account of a failure to an error that a person can act on.

import type { Phase } from '../../contract/error.js';
import { CertificateError, TlsError, type ErrorFacts } from '../../error/socket-error.js';
import { verifyHint } from '../../error/verify-hint.js';
import type { SessionFailure } from '../../native/tls-binding.js';
import { alertName } from './alert.js';
import { verifyName } from './verify-code.js';

/** Where the peer is, for the error. */
type At = Pick<ErrorFacts, 'address' | 'port'>;

/** What OpenSSL refused, or what the peer's alert says. `checked` is the name that the certificate was checked against. */
export function tlsFailure(failure: SessionFailure, phase: Phase, at: At, checked: string | null): TlsError {
  const { alertReceived, reason, verifyResult } = failure;
  if (alertReceived > 0) {
    const alert = alertName(alertReceived);
    return new TlsError(`${phase} ERR_TLS_ALERT: the peer refused with ${alert}`, {
      code: 'ERR_TLS_ALERT',
      phase,
      tlsAlert: alert,
      // Later on most of these names mean other things; certificates are also refused behind a client's handshake.
      hint: phase === 'tls' || /certificate|unknown_ca/.test(alert) ? alertHints[alert] : undefined,
      ...at,
    });
  }
  const ours = alertSentIn(failure);
  if (verifyResult !== 0) return certificateFailure(verifyResult, failure.verifyDepth, ours, at, checked);
  const known = reasons.find(({ text }) => reason.includes(text));
  if (known?.noCertificate === true)
    return new CertificateError(`${phase} NO_PEER_CERTIFICATE: the client sent no certificate`, {
      code: 'NO_PEER_CERTIFICATE',
      verifyCode: 'NO_PEER_CERTIFICATE',
      phase,
      tlsAlert: ours,
      hint: known.hint,
      ...at,
    });
  if (known?.staple === true)
    return new CertificateError(`${phase} ERR_TLS_OCSP: the stapled OCSP response is missing or not good`, {
      code: 'ERR_TLS_OCSP',
      phase,
      tlsAlert: ours,
      hint: known.hint,
      ...at,
    });
  return new TlsError(`${phase} ERR_TLS_PROTOCOL: ${reason === '' ? 'the handshake failed' : reason}`, {
    code: 'ERR_TLS_PROTOCOL',
    phase,
    tlsAlert: ours,
    hint: known?.hint,
    ...at,
  });
}

/** The name of the alert that we sent. */
export function alertSentIn({ alertSent }: SessionFailure): string | undefined {
  return alertSent > 0 ? alertName(alertSent) : undefined;
}

/** OpenSSL found something wrong with the peer's chain, at a depth: 0 is its own certificate. */
function certificateFailure(
  code: number,
  depth: number,
  alert: string | undefined,
  at: At,
  checked: string | null,
): CertificateError {
  const name = verifyName(code);
  const whose = depth === 0 ? "the peer's certificate" : `certificate ${depth} above the peer's`;
  const named = checked === null ? '' : ` for ${checked}`;
  return new CertificateError(`tls ${name}${named} (${whose})`, {
    code: name,
    verifyCode: name,
    phase: 'tls',
    tlsAlert: alert,
    hint: verifyHint(name),
    ...at,
  });
}

/** A refusal of ours: a pin or the function `verify`. */
export function refusedCertificate(
  code: 'ERR_TLS_PIN' | 'ERR_TLS_VERIFY',
  at: At,
  verifyCode: string,
  tlsAlert: string | undefined,
): CertificateError {
  const [why, hint] =
    code === 'ERR_TLS_PIN'
      ? [
          'the public key of the peer is none of the pinned ones',
          'If the peer has a new key, its pin must be added first.',
        ]
      : [
          'the function `verify` did not return true',
          'Nothing else passes; `verifyCode` is what OpenSSL says of the certificate.',
        ];
  return new CertificateError(`tls ${code}: ${why}`, { code, phase: 'tls', verifyCode, tlsAlert, hint, ...at });
}

/** The connection ended where TLS says that it must not. */
export function truncated(phase: Phase, at: At): TlsError {
  const [why, hint] =
    phase === 'tls'
      ? [
          'the peer ended the connection during the handshake',
          'It may not speak TLS on this port, or want another version.',
        ]
      : [
          'the connection ended without close_notify, so data may be missing',
          'Some servers always end like this: `allowTruncation` makes it a usual end, where the protocol itself tells the length.',
        ];
  return new TlsError(`${phase} ERR_TLS_TRUNCATED: ${why}`, { code: 'ERR_TLS_TRUNCATED', phase, hint, ...at });
}

interface Known {
  readonly text: string;
  readonly hint?: string;
  readonly noCertificate?: true;
  readonly staple?: true;
}

const reasons: readonly Known[] = [
  {
    text: 'wrong version number',
    hint: 'The peer does not speak TLS here, or not yet: is this the right port, or is startTls needed first?',
  },
  { text: 'http request', hint: 'The client speaks plain HTTP.' },
  { text: 'https proxy request', hint: 'The client speaks to a proxy.' },
  { text: 'unsupported protocol', hint: 'The peer wants an older version of TLS than is allowed; see minVersion.' },
  { text: 'no shared cipher', hint: 'The two sides have no cipher in common; the type of the key decides too.' },
  { text: 'no suitable signature algorithm', hint: 'The two sides have no signature algorithm in common.' },
  { text: 'dh key too small', hint: 'The peer wants a key exchange that is too weak today.' },
  { text: 'ee key too small', hint: 'The key of the certificate is too short: RSA keys need 2048 bits.' },
  { text: 'unsafe legacy renegotiation', hint: 'The peer lacks secure renegotiation (RFC 5746).' },
  {
    text: 'did not return a certificate',
    hint: 'The client must be given a certificate: its options `cert` and `key`.',
    noCertificate: true,
  },
  { text: 'invalid status response', hint: 'The server must staple a fresh OCSP response.', staple: true },
  { text: 'no application protocol', hint: 'The two sides have no ALPN protocol in common.' },
  { text: 'packet length too long', hint: 'The peer does not speak TLS, or sends records that are too long.' },
];

const alertHints: Readonly<Record<string, string>> = {
  handshake_failure:
    'The two sides have no version, cipher or signature in common, or the server insists on a client certificate.',
  protocol_version: 'The server does not speak the versions that are allowed here.',
  unrecognized_name: 'The server does not know the name; see serverName.',
  no_application_protocol: 'The server speaks none of the protocols of `alpn`.',
  certificate_required: 'The server insists on a client certificate: options `cert` and `key`.',
  bad_certificate: 'The peer refuses our certificate.',
  bad_certificate_status_response: 'The peer insists on a good OCSP response; see `staple`.',
  unknown_ca: 'The peer does not know who signed our certificate; is the chain complete?',
  certificate_expired: 'Our certificate has expired, says the peer.',
  certificate_revoked: 'Our certificate was revoked, says the peer.',
  unsupported_certificate: 'Our certificate is not meant for this use (extendedKeyUsage), says the peer.',
  access_denied: 'The peer knows our certificate, and does not let it in.',
  insufficient_security: 'The peer insists on stronger ciphers than are allowed here.',
  certificate_unknown: 'The peer refuses our certificate.',
};
