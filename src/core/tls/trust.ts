// Owns who is trusted: the lists of CAs by their names, one's own, and revocation lists, as OpenSSL's store. A store of
// some 150 roots takes milliseconds and megabytes, so equal ones are made once in an environment.

import type { Pem, TlsOptions } from '../../contract/tls.js';
import { tlsRefusal } from '../../error/make.js';
import { loadTls } from '../../native/load-tls.js';
import { bundledRoots, nodeRoots } from '../../native/node-roots.js';
import type { TlsStore } from '../../native/tls-binding.js';
import { digestOf } from './digest.js';
import { Lru } from './lru.js';
import { materialOf, type Material } from './material.js';
import { certificatesOf, crlsOf, readableCertificates } from './pem.js';
import { systemRoots } from './system-roots.js';

/** A list of CAs. */
export interface Roots {
  /** Equal keys mean equal lists. `load` may change it. */
  readonly key: string;
  /** Those that a caller named one by one, loaded: what a server tells its clients. */
  readonly given: readonly Buffer[];
  /** DER. @throws TlsError, or SocketError with the errno of a file */
  load(): Buffer[];
}

/** Reads the files that it needs to know what it is made of. @throws SocketError with the errno of a file */
export function trustOf(path: string, ca: TlsOptions['ca'], crl: readonly Pem[] | undefined): Trust {
  const crls = (crl ?? []).map((one, i) => materialOf(`${path}.crl[${i}]`, one));
  return new Trust(rootsOf(path, ca), crls);
}

export class Trust {
  readonly #roots: Roots;
  readonly #crls: readonly Material[];

  constructor(roots: Roots, crls: readonly Material[]) {
    this.#roots = roots;
    this.#crls = crls;
  }

  /** Equal keys mean that the same are trusted. */
  get key(): string {
    return [this.#roots.key, ...this.#crls.map(({ digest }) => digest)].join('|');
  }

  /** The CAs that a caller named one by one. */
  get given(): readonly Buffer[] {
    return this.#roots.given;
  }

  /** @throws TlsError, or SocketError with the errno of a file */
  store(): TlsStore {
    const known = stores.get(this.key);
    if (known !== undefined) return known;
    const store = make(this.#roots.load(), this.#crls.flatMap(crlsOf));
    // Now, because a file may have changed since it was looked at.
    stores.set(this.key, store);
    return store;
  }
}

const stores = new Lru<TlsStore>(16);

function make(certificates: readonly Buffer[], crls: readonly Buffer[]): TlsStore {
  const binding = loadTls();
  try {
    return binding.storeNew(certificates, crls);
  } catch (error) {
    const why = crls.length > 0 ? 'OpenSSL cannot use the revocation lists or the CAs' : 'OpenSSL cannot use the CAs';
    throw tlsRefusal('ERR_TLS_CERTIFICATE', `${why} (${(error as Error).message})`, { cause: error });
  }
}

function rootsOf(path: string, ca: TlsOptions['ca']): Roots {
  if (ca === undefined) return defaultRoots();
  if (typeof ca === 'object' && 'store' in ca) {
    if (ca.store === 'system') return systemRoots();
    return ca.store === 'bundled' ? new ListedRoots(bundledRoots(), null) : defaultRoots();
  }
  if (!Array.isArray(ca)) return new GivenRoots([materialOf(`${path}.ca`, ca)]);
  return new GivenRoots(ca.map((one, i) => materialOf(`${path}.ca[${i}]`, one)));
}

class GivenRoots implements Roots {
  readonly #materials: readonly Material[];

  constructor(materials: readonly Material[]) {
    this.#materials = materials;
  }

  get key(): string {
    return `given ${this.#materials.map(({ digest }) => digest).join()}`;
  }

  get given(): readonly Buffer[] {
    return this.load();
  }

  load(): Buffer[] {
    return this.#materials.flatMap(certificatesOf);
  }
}

/** PEM texts that Node has looked at already. */
class ListedRoots implements Roots {
  readonly given: readonly Buffer[] = [];
  readonly #list: readonly string[];
  readonly #extra: Material | null;

  constructor(list: readonly string[], extra: Material | null) {
    this.#list = list;
    this.#extra = extra;
  }

  get key(): string {
    return `listed ${listDigest(this.#list)},${this.#extra?.digest ?? ''}`;
  }

  load(): Buffer[] {
    const all = this.#list.map((text) => Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64'));
    return this.#extra === null ? all : [...all, ...readableCertificates(this.#extra)];
  }
}

const listDigests = new WeakMap<readonly string[], string>();

/** Node gives out the same array as long as the list is the same. */
function listDigest(list: readonly string[]): string {
  let digest = listDigests.get(list);
  if (digest === undefined) listDigests.set(list, (digest = digestOf(...list)));
  return digest;
}

// As Node: what the variable was at the start counts.
const { NODE_EXTRA_CA_CERTS: extraFile } = process.env;

/** Where Node does not tell its own list, it is put together as Node does. */
function defaultRoots(): Roots {
  const list = nodeRoots();
  return list !== null
    ? new ListedRoots(list, null)
    : (assembled ??= new ListedRoots(bundledRoots(), extraOf(extraFile)));
}

/** Once, as Node reads its file once. */
let assembled: Roots | null = null;

/** Node warns of a file that cannot be read, and goes on without it. */
function extraOf(file: string | undefined): Material | null {
  if (file === undefined || file === '') return null;
  try {
    return materialOf('NODE_EXTRA_CA_CERTS', { file });
  } catch {
    return null;
  }
}
