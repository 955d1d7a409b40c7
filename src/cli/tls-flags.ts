// Owns the options of the command line about TLS: which there are, which go together, and the TlsOptions that they ask
// for. It must not know which command they are for, or read a file.

import type { TlsOptions } from '../contract/tls.js';
import type { Flag } from './manual/entry.js';
import { starttls as starttlsFlag } from './manual/flags.js';
import { parsePin } from './pin.js';
import type { StarttlsProtocol } from './starttls.js';
import { UsageError } from './usage.js';

/** What a client was told about TLS. */
export interface ClientTls {
  readonly starttls: StarttlsProtocol | null;
  /** Without `verify`: who uses it decides what becomes of a bad certificate. */
  readonly options: TlsOptions;
  /** In base64. */
  readonly pins: readonly string[];
  readonly insecure: boolean;
}

export interface ServerTls {
  /** Without a certificate when one is to be made. */
  readonly options: TlsOptions;
}

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export function clientTls(values: Values): ClientTls {
  const insecure = values['insecure'] === true;
  if (insecure && values['ca'] !== undefined)
    throw new UsageError('--insecure accepts any certificate, whatever --ca says');
  const sni = text(values, 'sni');
  return {
    starttls: starttls(text(values, 'starttls')),
    options: { ...commonOptions(values), ...(sni === undefined ? {} : { serverName: sni }) },
    pins: pins(values),
    insecure,
  };
}

export function serverTls(values: Values): ServerTls {
  const options = commonOptions(values);
  return { options: options.ca === undefined ? options : { ...options, clientCert: 'require' } };
}

/** Null when none of these options is there; else the first that is. */
export function firstOf(flags: readonly Flag[], values: Values): string | null {
  return flags.find(({ name }) => values[name] !== undefined)?.name ?? null;
}

function commonOptions(values: Values): TlsOptions {
  const [ca, cert, key] = [text(values, 'ca'), text(values, 'cert'), text(values, 'key')];
  if (key !== undefined && cert === undefined) throw new UsageError('--key is the key of a --cert, which is missing');
  const alpn = text(values, 'alpn')?.split(',');
  if (alpn?.some((name) => name === '' || Buffer.byteLength(name) > 255))
    throw new UsageError('--alpn takes names with commas between them, such as h2,http/1.1');
  return {
    ...(alpn === undefined ? {} : { alpn }),
    ...(ca === undefined ? {} : { ca: { file: ca } }),
    ...(cert === undefined ? {} : { cert: { file: cert }, key: { file: key ?? cert } }),
  };
}

function starttls(name: string | undefined): StarttlsProtocol | null {
  if (name === undefined) return null;
  if (!isProtocol(name))
    throw new UsageError(`--starttls knows ${starttlsFlag.choices?.join(', ')}, and not '${name}'`);
  return name;
}

function isProtocol(name: string): name is StarttlsProtocol {
  return starttlsFlag.choices?.includes(name) === true;
}

function pins(values: Values): string[] {
  const given = Array.isArray(values['pin']) ? values['pin'] : [];
  return given.map((one) => {
    const pin = parsePin(String(one));
    if (pin === null) throw new UsageError('--pin takes a SHA-256 in hexadecimal or base64: 64 or 44 characters');
    return pin;
  });
}

/** The value of an option that takes one. Nothing is never what was meant: `--ca "$CA"` with CA not set. */
function text(values: Values, name: string): string | undefined {
  const value = values[name];
  if (typeof value !== 'string') return undefined;
  if (value === '') throw new UsageError(`--${name} is empty`);
  return value;
}
