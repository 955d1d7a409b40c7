// Owns contexts: from checked options to OpenSSL's settings, with our defaults in place of OpenSSL's, which differ between
// Node lines. Equal contexts are made once and shared by any number of connections. It must not know names or sessions.

import type { TlsOptions } from '../../contract/tls.js';
import type { LibraryCode } from '../../error/codes.js';
import { tlsRefusal } from '../../error/make.js';
import { loadTls } from '../../native/load-tls.js';
import type { ContextSettings, TlsContext } from '../../native/tls-binding.js';
import { parseAlpn } from './alpn.js';
import { defaultList, defaultSuites, splitCiphers } from './ciphers.js';
import { digestOf } from './digest.js';
import type { Identity } from './identity.js';
import { Lru } from './lru.js';
import { versions } from './options.js';
import type { Trust } from './trust.js';

/** What a context is made of. */
export interface Recipe {
  readonly server: boolean;
  /** Checked. */
  readonly options: TlsOptions;
  readonly identity: Identity | null;
  /** Null for nobody. */
  readonly trust: Trust | null;
  readonly sessionIdContext: Uint8Array;
  readonly asksName: boolean;
}

/** @throws TlsError, or SocketError with the errno of a file */
export function contextOf(recipe: Recipe): TlsContext {
  const plain = plainSettings(recipe);
  const known = contexts.get(keyOf(recipe, plain));
  if (known !== undefined) return known;
  const context = make(recipe, plain);
  // Now, because a file may have changed since it was looked at.
  contexts.set(keyOf(recipe, plain), context);
  return context;
}

/** How many contexts stay without being used. */
const LIMIT = 100;
const contexts = new Lru<TlsContext>(LIMIT);

/** RSA of 2048 bits, and no SHA-1: what Node 24 and later have, and Node 22 and earlier do not. */
const SECURITY_LEVEL = 2;

const verifyModes = { none: 0, request: 1, require: 3 } as const;
const VERIFY_PEER = 1;

type PlainSettings = Omit<ContextSettings, 'chain' | 'key' | 'store' | 'clientCas'>;

function plainSettings({ server, options, sessionIdContext, asksName }: Recipe): PlainSettings {
  const { ciphers, groups, sigalgs, alpn, clientCert = 'none', staple } = options;
  const { list, suites } = ciphers === undefined ? ours : splitCiphers('tls.ciphers', ciphers);
  return {
    server,
    // Whoever names suites of TLS 1.3 only does not mean TLS 1.2 with any cipher.
    minVersion: versions[options.minVersion ?? (list === null ? 'TLSv1.3' : 'TLSv1.2')]!,
    maxVersion: versions[options.maxVersion ?? 'TLSv1.3']!,
    ciphers: list ?? defaultList,
    suites: suites ?? defaultSuites,
    groups: groups ?? null,
    sigalgs: sigalgs ?? null,
    securityLevel: SECURITY_LEVEL,
    verifyMode: server ? verifyModes[clientCert] : VERIFY_PEER,
    // What a client offers belongs to its session, so that it does not need a context of its own for it.
    alpn: server && alpn !== undefined ? parseAlpn('tls.alpn', alpn) : null,
    sessionIdContext,
    staple: server ? (staple ?? null) : null,
    asksName,
  };
}

const ours = { list: defaultList, suites: defaultSuites };

function keyOf({ server, identity, trust }: Recipe, plain: PlainSettings): string {
  const { minVersion, maxVersion, ciphers, suites, groups, sigalgs, verifyMode, asksName } = plain;
  // Names come from outside and may hold anything; JSON keeps them apart.
  const names = JSON.stringify([ciphers, suites, groups, sigalgs]);
  const numbers = `${server} ${minVersion} ${maxVersion} ${verifyMode} ${asksName}`;
  const { alpn, sessionIdContext, staple } = plain;
  const bytes = server ? digestOf(alpn ?? '', sessionIdContext, staple ?? '') : '';
  return `${numbers}\n${names}\n${bytes}\n${identity?.key ?? ''}\n${trust?.key ?? ''}`;
}

function make({ server, identity, trust }: Recipe, plain: PlainSettings): TlsContext {
  const binding = loadTls();
  const { chain, key } = identity?.load(binding) ?? { chain: [], key: null };
  const store = trust?.store() ?? null;
  const clientCas = server && trust !== null ? trust.given : [];
  try {
    return binding.contextNew({ ...plain, chain, key, store, clientCas });
  } catch (error) {
    throw explained(error, identity);
  } finally {
    key?.fill(0);
  }
}

/** OpenSSL's refusal, with the option that it is about. */
function explained(error: unknown, identity: Identity | null): Error {
  const { code, message } = error as { code?: string; message: string };
  const about = code === undefined ? undefined : options[code];
  if (about === undefined) return error as Error;
  const subject = about.option ?? identity?.label ?? 'tls';
  return tlsRefusal(code as LibraryCode, `${subject}: ${message}`, { hint: weak[message] ?? about.hint, cause: error });
}

const options: Readonly<Record<string, { option?: string; hint?: string }>> = {
  ERR_TLS_CERTIFICATE: {},
  ERR_TLS_KEY: {},
  ERR_TLS_KEY_MISMATCH: { hint: 'The key belongs to another certificate; in a chain file our own comes first.' },
  ERR_TLS_CIPHERS: { option: 'tls.ciphers', hint: 'openssl ciphers -v lists the names of TLS 1.2.' },
  ERR_TLS_GROUPS: { option: 'tls.groups', hint: "Write them as 'X25519:P-256'." },
  ERR_TLS_SIGALGS: { option: 'tls.sigalgs', hint: "Write them as 'ECDSA+SHA256:RSA-PSS+SHA256'." },
  ERR_TLS_VERSION: { option: 'tls.minVersion, tls.maxVersion' },
  ERR_TLS_INVALID: {},
};

const weak: Readonly<Record<string, string>> = {
  'ee key too small': 'RSA keys need 2048 bits.',
  'ca key too small': 'The key of a CA in the chain is too short: RSA needs 2048 bits.',
  'ca md too weak': 'A certificate of the chain is signed with a hash that is too weak, such as SHA-1.',
};
