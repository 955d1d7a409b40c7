// Owns the verdict of `openssl verify` on a certificate. It must not know what the library says.

import { spawnSync } from 'node:child_process';
import { isIP } from 'node:net';
import { pki } from '../support/pki.js';
import { x509Name } from './x509-name.js';

export interface Question {
  readonly leafFile: string;
  /** What else the peer sends, in any order. */
  readonly certFile: string;
  /** Who is trusted, PEM. */
  readonly ca: string;
  /** The name or address that is wanted; null for none. */
  readonly name?: string | null;
  readonly crl?: readonly string[] | undefined;
  readonly purpose: 'sslserver' | 'sslclient';
}

/** OpenSSL's name of the first error. The exit code must agree. */
export function opensslVerdict(o: Question): string {
  const wanted = o.name ?? null;
  const name = wanted === null ? [] : [isIP(wanted) === 0 ? '-verify_hostname' : '-verify_ip', wanted];
  const crl = o.crl === undefined ? [] : ['-crl_check_all', '-CRLfile', pki().file('crl', o.crl.join(''))];
  const trusted = ['-no-CApath', '-no-CAstore', '-CAfile', pki().file('ca.pem', o.ca)];
  const { status, stdout, stderr } = spawnSync(
    'openssl',
    [
      ...['verify', ...trusted, '-untrusted', o.certFile, '-purpose', o.purpose, '-auth_level', '2'],
      ...[...name, ...crl, o.leafFile],
    ],
    { encoding: 'utf8' },
  );
  const found = /^error (\d+) at \d+ depth/m.exec(stdout + stderr);
  const code = found === null ? 0 : Number(found[1]);
  if ((code === 0) !== (status === 0)) throw new Error(`openssl verify ended with ${status}:\n${stdout}${stderr}`);
  return x509Name(code);
}
