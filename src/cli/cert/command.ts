// Owns what `berkeley cert` was told: what its words mean together. It must not know what is done with it.

import { domainToASCII } from 'node:url';
import { isIP } from 'node:net';
import type { Duration } from '../../contract/mode.js';
import { clientTls, type ClientTls, type Values } from '../tls-flags.js';
import { UsageError } from '../usage.js';

export interface CertCommand {
  readonly name: 'cert';
  /** A target or a file; null: a certificate is to be made. */
  readonly target: string | null;
  readonly timeout: Duration;
  readonly tls: ClientTls;
  readonly pem: boolean;
  readonly explain: boolean;
  readonly json: boolean;
  readonly make: CertificateOrder;
}

export interface CertificateOrder {
  /** Host names and addresses. */
  readonly names: readonly string[];
  readonly days: number;
  /** Null: standard output. */
  readonly files: { readonly cert: string; readonly key: string } | null;
}

export function certCommand(positionals: string[], timeout: Duration | undefined, values: Values): CertCommand {
  const names = Array.isArray(values['make']) ? values['make'].map(String) : [];
  const [target, more] = positionals;
  if (more !== undefined) throw new UsageError(`cert takes one TARGET or FILE, and '${more}' is a second one`);
  if (target === undefined && names.length === 0)
    throw new UsageError('cert needs a TARGET or a FILE, such as example.org:443, or --make NAME');
  if (target !== undefined && names.length > 0) throw new UsageError(`--make takes no TARGET, and '${target}' is one`);
  const first = ['days', 'cert', 'key'].find((flag) => values[flag] !== undefined);
  if (names.length === 0 && first !== undefined) throw new UsageError(`--${first} is about --make, which is missing`);
  return {
    name: 'cert',
    target: target ?? null,
    timeout: timeout ?? '10s',
    tls: clientTls(Object.fromEntries(['starttls', 'sni', 'ca'].map((flag) => [flag, values[flag]]))),
    pem: values['pem'] === true,
    explain: values['explain'] === true,
    json: values['json'] === true,
    make: { names: names.map(nameOf), days: days(values['days']), files: files(values) },
  };
}

function files({ cert, key }: Values): CertificateOrder['files'] {
  if (cert === undefined && key === undefined) return null;
  if (typeof cert !== 'string' || typeof key !== 'string' || cert === '' || key === '' || cert === key)
    throw new UsageError('--cert and --key go together: the certificate and its private key are two files');
  return { cert, key };
}

function nameOf(text: string): string {
  // RFC 5890: a certificate has names in ASCII; one label may be `*`.
  const name = isIP(text) === 0 ? domainToASCII(text.replace(/^\*\./, '')) : text;
  if (name === '' || text.includes(' '))
    throw new UsageError(`--make takes a host name or an address, and not '${text}'`);
  return text.startsWith('*.') ? `*.${name}` : name;
}

function days(text: Values[string]): number {
  if (text === undefined) return 30;
  if (!/^[1-9]\d{0,4}$/.test(String(text)))
    throw new UsageError(`--days takes a number of days, and not '${String(text)}'`);
  return Number(text);
}
