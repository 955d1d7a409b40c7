// Owns the way to the lists of CAs that Node has. node:tls takes milliseconds to load, so it is loaded when one of them
// is asked for, and a program without TLS does without.

import { createRequire } from 'node:module';

interface NodeTls {
  readonly rootCertificates: readonly string[];
  /** Since Node 22.15. */
  getCACertificates?(type: 'default'): readonly string[];
}

/** PEM, of Mozilla's list. Always the same array. */
export function bundledRoots(): readonly string[] {
  return nodeTls().rootCertificates;
}

/** PEM: what Node itself trusts, with NODE_EXTRA_CA_CERTS and the switches of the command line. The same array as long as it is the same list; null where Node does not tell. */
export function nodeRoots(): readonly string[] | null {
  return nodeTls().getCACertificates?.('default') ?? null;
}

let loaded: NodeTls | null = null;

function nodeTls(): NodeTls {
  return (loaded ??= createRequire(import.meta.url)('node:tls') as NodeTls);
}
