// Owns the options: their types, and what they mean for TLS. It must not know which call they are for.

import type { TlsOptions } from '../../contract/tls.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import type { Options } from './answers.js';

/** Null is as good as nothing, for all of them and for each. @throws TypeError */
export function checkOptions(value: unknown): Options {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidType('options', 'an object', value);
  const given = value as Record<string, unknown>;
  for (const [name, type] of Object.entries(types)) {
    const field = given[name];
    if (field !== undefined && field !== null && typeof field !== type)
      throw invalidType(`options.${name}`, `a ${type}`, field);
  }
  return value;
}

/** Our end is the client. */
export function clientTls(o: Options): TlsOptions {
  if (o.server) identityOf(o);
  return {
    ...(o.insecureSkipVerify ? { verify: false } : {}),
    ...(o.serverName ? { serverName: o.serverName } : {}),
    ...(o.certFile && o.keyFile ? identityOf(o) : {}),
  };
}

/** Our end is the server. @throws TypeError without a certificate and its key */
export function serverTls(o: Options): TlsOptions {
  return identityOf(o);
}

const types = {
  tls: 'boolean',
  server: 'boolean',
  serverName: 'string',
  insecureSkipVerify: 'boolean',
  certFile: 'string',
  keyFile: 'string',
} as const satisfies Record<keyof Options, string>;

function identityOf({ certFile, keyFile }: Options): TlsOptions {
  if (!certFile || !keyFile)
    throw invalidValue('options', 'need certFile and keyFile: TLS as the server has a certificate', {
      certFile,
      keyFile,
    });
  return { cert: { file: certFile }, key: { file: keyFile } };
}
