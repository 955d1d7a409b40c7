// Owns OpenSSL's own names for what is wrong with a certificate.

import { tls } from './library.js';

/** OpenSSL's name of an X509_V_ERR_* number. */
export function verifyName(code: number): string {
  return tls().verifyCodes[code] ?? `X509_V_ERR_${code}`;
}
