// Owns the judgement on the certificates of a file, as far as one can be had without a handshake: dates, signatures, the way to a
// root, the name. It must not know how it is shown.

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

/** The certificates that stand in a text of PEM, in their order. */
export function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(
    /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g,
  );
  return (blocks ?? []).map((block) => new X509Certificate(block));
}

/** OpenSSL's name for what is wrong with the chain, the first of which is for `name`; `'OK'` when nothing was found. */
export function fileVerdict(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[] | null,
  name: string | null,
  now = Date.now(),
): string {
  const [first] = chain;
  if (first === undefined) return 'UNSPECIFIED';
  for (const certificate of chain) {
    if (Date.parse(certificate.validFrom) > now) return 'CERT_NOT_YET_VALID';
    if (Date.parse(certificate.validTo) < now) return 'CERT_HAS_EXPIRED';
  }
  const roots = authorities ?? rootCertificates.map((pem) => new X509Certificate(pem));
  const broken = way(chain, roots);
  if (broken !== null) return broken;
  if (name !== null && !fits(first, name)) return isIP(name) === 0 ? 'HOSTNAME_MISMATCH' : 'IP_ADDRESS_MISMATCH';
  return 'OK';
}

/** Why the way from the first certificate leads to no root; null when it does. The others may stand in any order. */
function way(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): string | null {
  const rest = new Set(chain);
  for (let here = chain[0]!, depth = 0; ; depth++) {
    rest.delete(here);
    if (roots.some((root) => root.raw.equals(here.raw))) return null;
    if (roots.some((root) => signs(root, here))) return null;
    if (signsItself(here)) return depth === 0 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN';
    const next = [...rest].find((one) => signs(one, here));
    if (next === undefined) {
      const named = [...rest, ...roots].some((one) => here.checkIssued(one));
      return named ? 'CERT_SIGNATURE_FAILURE' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
    }
    if (!next.ca) return 'INVALID_CA';
    here = next;
  }
}

function signs(issuer: X509Certificate, subject: X509Certificate): boolean {
  try {
    return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
  } catch {
    // A key that this Node cannot read.
    return false;
  }
}

/** Also one that may sign no certificates, and so has issued none by the book. */
function signsItself(one: X509Certificate): boolean {
  try {
    return one.subject === one.issuer && one.verify(one.publicKey);
  } catch {
    return false;
  }
}

function fits(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}
