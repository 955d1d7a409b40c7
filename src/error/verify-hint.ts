// Owns what a person can do about a certificate that is refused, by OpenSSL's name for the reason. Pure.

export function verifyHint(name: string): string {
  return hints[name] ?? 'openssl-verification-options(1) explains the name; `verify` and `ca` decide what is accepted.';
}

const hints: Readonly<Record<string, string>> = {
  APPLICATION_VERIFICATION: 'This program refused the certificate.',
  CA_MD_TOO_WEAK: 'A certificate of the chain is signed with a hash that is too weak today, such as SHA-1.',
  CA_KEY_TOO_SMALL: 'A CA of the chain has a key that is too short today: RSA needs 2048 bits.',
  CERT_CHAIN_TOO_LONG: 'The chain has more certificates than a CA of it allows.',
  CERT_HAS_EXPIRED: 'The certificate, or one of its chain, must be renewed. Is the clock of this machine right?',
  CERT_NOT_YET_VALID: 'The certificate begins to be valid later. Is the clock of this machine right?',
  CERT_REVOKED: 'Whoever signed the certificate has revoked it.',
  CERT_SIGNATURE_FAILURE: 'The certificate was changed after it was signed.',
  CRL_HAS_EXPIRED: 'Fetch a fresh revocation list.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate signs itself: pass it as `ca` to trust it, or pin its key.',
  EE_KEY_TOO_SMALL: 'The key of the certificate is too short today: RSA needs 2048 bits.',
  HOSTNAME_MISMATCH: 'The certificate is for other names: is this the right host, or is `serverName` needed?',
  INVALID_CA: 'A certificate of the chain was signed by one that is no CA.',
  INVALID_PURPOSE: 'The certificate is not meant for this use (extendedKeyUsage).',
  IP_ADDRESS_MISMATCH: 'The certificate does not name this address: connect by name, or give `serverName`.',
  PATH_LENGTH_EXCEEDED: 'A CA of the chain does not allow so many CAs below it.',
  PERMITTED_VIOLATION: 'The CA may not sign certificates for this name (nameConstraints).',
  EXCLUDED_VIOLATION: 'The CA may not sign certificates for this name (nameConstraints).',
  SELF_SIGNED_CERT_IN_CHAIN: 'The chain ends in a root that is not trusted here: pass that root as `ca`.',
  UNABLE_TO_GET_CRL: 'There is a revocation list, but none of the one that signed this certificate.',
  UNABLE_TO_GET_ISSUER_CERT: 'An intermediate certificate is missing: the server should send its whole chain.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Nobody who is trusted here has signed the certificate: pass the CA as `ca`, or, if an intermediate certificate is missing, let the server send its whole chain.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The server should send its whole chain.',
};
