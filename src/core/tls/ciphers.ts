// Owns which ciphers are spoken: our own lists, equal on every Node line, and how a caller's list is divided between
// TLS 1.2 and 1.3, which OpenSSL keeps apart.

import { invalidType, invalidValue } from '../../error/invalid.js';

/** TLS 1.2: forward secrecy and authenticated encryption only, as Mozilla's "intermediate" list. */
export const defaultList = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
].join(':');

/** TLS 1.3: RFC 8446 §9.1. */
export const defaultSuites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].join(
  ':',
);

/** Null where the caller names none of the kind. @throws TypeError */
export function splitCiphers(argument: string, value: unknown): { list: string | null; suites: string | null } {
  if (typeof value !== 'string') throw invalidType(argument, 'names with colons between them', value);
  const names = value.split(':').filter((name) => name !== '');
  if (names.length === 0 || value.includes('\0'))
    throw invalidValue(argument, 'must be names with colons between them', value);
  const suites = names.filter((name) => name.startsWith('TLS_'));
  const list = names.filter((name) => !name.startsWith('TLS_'));
  return {
    list: list.length === 0 ? null : list.join(':'),
    suites: suites.length === 0 ? null : suites.join(':'),
  };
}
