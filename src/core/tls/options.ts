// Owns the check of TlsOptions: types, ranges, and what contradicts itself. It reads no file and makes nothing; what the
// files hold is judged where they are read.

import type { TlsOptions } from '../../contract/tls.js';
import { durationOf } from '../../error/duration.js';
import { hidden, invalidType, invalidValue, outOfRange } from '../../error/invalid.js';
import { parseAlpn } from './alpn.js';
import { splitCiphers } from './ciphers.js';
import { innerTags } from './der.js';
import { checkPem } from './material.js';
import { parsePins } from './pins.js';
import { namePattern } from './server-name.js';

/** `path` is where the options stand, for messages: `'tls'`. @throws TypeError, RangeError */
export function checkOptions(path: string, value: unknown): asserts value is TlsOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidType(path, 'an object', hidden(value));
  const given = value as Record<string, unknown>;
  for (const [name, ours] of foreign)
    if (given[name] !== undefined)
      throw invalidValue(`${path}.${name}`, `is an option of node:tls: here it is ${ours}`, hidden(given[name]));
  for (const [name, check] of everyCheck) {
    const field = given[name];
    if (field !== undefined) check(`${path}.${name}`, field);
  }
  checkTogether(path, value);
}

/** `own` over `base`, where a field that is undefined counts as absent. What makes our identity goes together. */
export function mergeOptions(base: TlsOptions, own: TlsOptions): TlsOptions {
  const replaced = (own.cert ?? own.key ?? own.pfx) !== undefined;
  const kept = Object.entries(base).filter(([name]) => !replaced || !ofIdentity.has(name));
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...kept, ...given]);
}

/** A stapled response is about one certificate. */
const ofIdentity: ReadonlySet<string> = new Set(['cert', 'key', 'pfx', 'passphrase', 'staple']);

/** Numbers of OpenSSL. */
export const versions: Readonly<Record<string, number>> = { 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 };

type Check = (argument: string, value: unknown) => void;

const checks: Readonly<Record<keyof TlsOptions, Check>> = {
  serverName(argument, value) {
    if (value !== false && typeof value !== 'string')
      throw invalidType(argument, 'a host name, an IP address or false', value);
  },
  verify: oneOfTypes('a boolean or a function', 'boolean', 'function'),
  ca: checkCa,
  cert: checkPem,
  key: checkPem,
  pfx: checkPem,
  passphrase: oneOfTypes('a string', 'string'),
  pins: parsePins,
  crl: checkPems,
  minVersion: checkVersion,
  maxVersion: checkVersion,
  ciphers: splitCiphers,
  groups: checkNames,
  sigalgs: checkNames,
  alpn: parseAlpn,
  clientCert: oneOf('none', 'request', 'require'),
  sni: checkSni,
  session: oneOfBytes('what conn.tls.session was'),
  keylog(argument, value) {
    oneOfTypes('the path of a file or a function', 'string', 'function')(argument, value);
    if (value === '' || (typeof value === 'string' && value.includes('\0')))
      throw invalidValue(argument, 'must be the path of a file', value);
  },
  ocsp: oneOf('off', 'request', 'require'),
  staple(argument, value) {
    oneOfBytes('an OCSP response in DER')(argument, value);
    // RFC 6960 §4.2.1: it begins with a status, an ENUMERATED.
    if (innerTags(value as Uint8Array)?.[0] !== 0x0a)
      throw invalidValue(argument, 'must be an OCSP response in DER', value);
  },
  allowTruncation: oneOfTypes('a boolean', 'boolean'),
  handshakeTimeout(argument, value) {
    if (durationOf(argument, value) === 0) throw outOfRange(argument, 'above 0', value);
  },
};

const everyCheck = Object.entries(checks);

/** Names of node:tls that would be missed without a word where they matter, and what they are called here. */
const foreign: readonly (readonly [string, string])[] = [
  ['rejectUnauthorized', '`verify`'],
  ['checkServerIdentity', '`verify`, a function, or `serverName`'],
  ['requestCert', "`clientCert: 'require'`"],
  ['servername', '`serverName`'],
  ['ALPNProtocols', '`alpn`'],
  ['SNICallback', '`sni`'],
  ['ecdhCurve', '`groups`'],
];

function checkTogether(path: string, o: TlsOptions): void {
  if (o.pfx !== undefined) {
    for (const name of ['cert', 'key'] as const)
      if (o[name] !== undefined) throw contradiction(`${path}.${name}`, `contradicts ${path}.pfx, which holds it`);
  } else if (o.key !== undefined && o.cert === undefined) {
    throw contradiction(`${path}.key`, `needs ${path}.cert, which it belongs to`);
  }
  const { minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3' } = o;
  if (versions[minVersion]! > versions[maxVersion]!)
    throw invalidValue(`${path}.minVersion`, `must not be above ${path}.maxVersion, '${maxVersion}'`, minVersion);
  if (maxVersion === 'TLSv1.2' && o.ciphers !== undefined && splitCiphers(`${path}.ciphers`, o.ciphers).list === null)
    throw invalidValue(`${path}.ciphers`, `has suites of TLS 1.3 only, which ${path}.maxVersion excludes`, o.ciphers);
}

/** Says nothing of the value, which may be a key. */
function contradiction(argument: string, reason: string): TypeError {
  return invalidValue(argument, reason, '…');
}

function checkCa(argument: string, value: unknown): void {
  if (Array.isArray(value)) {
    checkPems(argument, value);
  } else if (typeof value === 'object' && value !== null && 'store' in value) {
    oneOf('default', 'system', 'bundled')(`${argument}.store`, value.store);
  } else {
    checkPem(argument, value);
  }
}

function checkPems(argument: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidType(argument, 'an array', value);
  if (value.length === 0) throw invalidValue(argument, 'must not be empty', value);
  for (const [i, one] of value.entries()) checkPem(`${argument}[${i}]`, one);
}

function checkVersion(argument: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidType(argument, "'TLSv1.2' or 'TLSv1.3'", value);
  if (!Object.hasOwn(versions, value)) throw invalidValue(argument, "must be 'TLSv1.2' or 'TLSv1.3'", value);
}

/** What OpenSSL makes of the names it says itself. */
function checkNames(argument: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidType(argument, 'names with colons between them', value);
  if (value === '' || value.includes('\0'))
    throw invalidValue(argument, 'must be names with colons between them', value);
}

function checkSni(argument: string, value: unknown): void {
  if (typeof value === 'function') return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidType(argument, 'an object with options by name, or a function', value);
  for (const [name, options] of Object.entries(value)) {
    const inside = `${argument}['${name}']`;
    namePattern(inside, name);
    checkNested(inside, options);
  }
}

/** Options for one name: they have none for other names. */
export function checkNested(path: string, value: unknown): asserts value is TlsOptions {
  checkOptions(path, value);
  if (value.sni !== undefined) throw invalidValue(`${path}.sni`, 'stands inside of sni already', value.sni);
}

function oneOf(...values: readonly string[]): Check {
  const list = values.map((one) => `'${one}'`).join(', ');
  return (argument, value) => {
    if (typeof value !== 'string') throw invalidType(argument, `one of ${list}`, value);
    if (!values.includes(value)) throw invalidValue(argument, `must be one of ${list}`, value);
  };
}

function oneOfTypes(words: string, ...types: readonly string[]): Check {
  return (argument, value) => {
    if (!types.includes(typeof value)) throw invalidType(argument, words, hidden(value));
  };
}

function oneOfBytes(words: string): Check {
  return (argument, value) => {
    if (!(value instanceof Uint8Array)) throw invalidType(argument, `a Uint8Array: ${words}`, hidden(value));
  };
}
