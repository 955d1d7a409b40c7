// Owns what a Pem is before anybody reads it: bytes or a parsed object, with a digest that tells whether it is the same
// as last time. A file is read again when it has changed, and only then. It must not know what the bytes mean.

import { KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pem } from '../../contract/tls.js';
import { hidden, invalidType, invalidValue } from '../../error/invalid.js';
import { fileError } from '../../error/system.js';
import { digestOf } from './digest.js';
import { Lru } from './lru.js';

export type Content = Buffer | KeyObject | X509Certificate;

export interface Material {
  /** For messages: `tls.cert`, and the file where there is one. */
  readonly label: string;
  /** Equal digests mean equal contents. `content` may change it, when the file has changed meanwhile. */
  readonly digest: string;
  /** It was given as text, so that a person may have written a path where PEM belongs. */
  readonly isText: boolean;
  content(): Content;
}

/** Looks at the type only. @throws TypeError */
export function checkPem(argument: string, value: unknown): asserts value is Pem {
  if (typeof value === 'string' || value instanceof Uint8Array || value instanceof X509Certificate) return;
  if (value instanceof KeyObject) {
    if (value.type === 'secret') throw invalidType(argument, 'no secret key', value);
  } else if (typeof value === 'object' && value !== null && 'file' in value) {
    const { file } = value;
    if (typeof file !== 'string') throw invalidType(`${argument}.file`, 'the path of a file', file);
    if (file === '' || file.includes('\0')) throw invalidValue(`${argument}.file`, 'must be the path of a file', file);
  } else {
    throw invalidType(argument, 'PEM, DER, { file }, a KeyObject or an X509Certificate', hidden(value));
  }
}

/** What has been checked; a file is read that is not known yet. @throws SocketError with the errno of the file */
export function materialOf(argument: string, value: Pem): Material {
  if (typeof value === 'string') return new Given(argument, Buffer.from(value), textDigest(value), true);
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value);
    return new Given(argument, bytes, digestOf(bytes), false);
  }
  if (value instanceof KeyObject || value instanceof X509Certificate)
    return new Given(argument, value, objectDigest(value), false);
  return new File(argument, value.file);
}

class Given implements Material {
  readonly label: string;
  readonly digest: string;
  readonly isText: boolean;
  readonly #content: Content;

  constructor(label: string, content: Content, digest: string, isText: boolean) {
    this.label = label;
    this.digest = digest;
    this.isText = isText;
    this.#content = content;
  }

  content(): Content {
    return this.#content;
  }
}

class File implements Material {
  readonly label: string;
  readonly isText = false;
  readonly #path: string;
  #digest: string | null = null;
  #bytes: Buffer | null = null;

  constructor(argument: string, path: string) {
    this.label = `${argument} (${path})`;
    this.#path = path;
    const known = seen.get(resolve(path));
    if (known !== undefined && known.look === lookAt(path)?.text) this.#digest = known.digest;
    else this.content();
  }

  get digest(): string {
    return this.#digest!;
  }

  content(): Buffer {
    if (this.#bytes !== null) return this.#bytes;
    const before = lookAt(this.#path);
    this.#bytes = readBytes(this.#path);
    this.#digest = digestOf(this.#bytes);
    if (before?.settled === true) seen.set(resolve(this.#path), { look: before.text, digest: this.#digest });
    return this.#bytes;
  }
}

/** @throws SocketError with the errno, and the path in its message */
function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

const seen = new Lru<{ look: string; digest: string }>(256);

/** A file whose last change is younger than this may change again without a trace: clocks of file systems are coarse. */
const SETTLED_MS = 2000;

/** What tells that a file or folder has changed, and whether to rely on it; null if it cannot be looked at. */
export function lookAt(path: string): { text: string; settled: boolean } | null {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs, mode } = statSync(path, { bigint: true });
    const age = Date.now() - Number(ctimeMs);
    return { text: [dev, ino, mode, size, mtimeNs, ctimeNs].join(), settled: age > SETTLED_MS };
  } catch {
    return null; // reading will say why
  }
}

const longTexts = new Lru<string>(8);

/** Only long texts are remembered: bundles of CAs, which cost something to digest; not keys, which should not stay. */
function textDigest(text: string): string {
  if (text.length < 16_384) return digestOf(text);
  let digest = longTexts.get(text);
  if (digest === undefined) longTexts.set(text, (digest = digestOf(text)));
  return digest;
}

const objectDigests = new WeakMap<object, string>();

function objectDigest(value: KeyObject | X509Certificate): string {
  let digest = objectDigests.get(value);
  if (digest === undefined) objectDigests.set(value, (digest = digestOf(...partsOf(value))));
  return digest;
}

function partsOf(value: KeyObject | X509Certificate): [string, Uint8Array] {
  if (value instanceof X509Certificate) return ['X509Certificate', value.raw];
  if (value.type === 'public') return ['public', value.export({ format: 'der', type: 'spki' })];
  return ['private', value.export({ format: 'der', type: 'pkcs8' })];
}
