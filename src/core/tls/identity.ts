// Owns our own certificate with its chain and its key: from `cert` and `key`, or from PKCS#12. It must not know what they
// are used for.

import { KeyObject, X509Certificate } from 'node:crypto';
import type { TlsOptions } from '../../contract/tls.js';
import type { LibraryCode } from '../../error/codes.js';
import { tlsRefusal } from '../../error/make.js';
import type { TlsBinding } from '../../native/tls-binding.js';
import { digestOf } from './digest.js';
import { privateKeyBeside, privateKeyOf } from './key.js';
import { materialOf, type Material } from './material.js';
import { certificatesOf } from './pem.js';

export interface Identity {
  /** For messages. */
  readonly label: string;
  /** Equal keys mean the same certificate and key, and the same passphrase. `load` may change it. */
  readonly key: string;
  /** @throws TlsError, or SocketError with the errno of a file */
  load(binding: TlsBinding): { chain: Buffer[]; key: Buffer };
}

/** Null when the options name none. They have been checked: `key` never comes without `cert`, nor `pfx` with one of them. */
export function identityOf(path: string, o: TlsOptions): Identity | null {
  if (o.pfx !== undefined) return new Packed(materialOf(`${path}.pfx`, o.pfx), o.passphrase);
  if (o.cert === undefined) return null;
  const key = o.key === undefined ? null : materialOf(`${path}.key`, o.key);
  return new Pair(materialOf(`${path}.cert`, o.cert), key, o.passphrase);
}

class Pair implements Identity {
  readonly #cert: Material;
  readonly #key: Material | null;
  readonly #passphrase: string | undefined;

  constructor(cert: Material, key: Material | null, passphrase: string | undefined) {
    this.#cert = cert;
    this.#key = key;
    this.#passphrase = passphrase;
  }

  get label(): string {
    return this.#key === null ? this.#cert.label : `${this.#cert.label}, ${this.#key.label}`;
  }

  get key(): string {
    return `pair ${this.#cert.digest},${this.#key?.digest ?? ''},${hidden(this.#passphrase)}`;
  }

  load(): { chain: Buffer[]; key: Buffer } {
    const chain = certificatesOf(this.#cert);
    if (this.#key !== null) return { chain, key: privateKeyOf(this.#key, this.#passphrase) };
    const key = privateKeyBeside(this.#cert, this.#passphrase);
    if (key === null)
      throw tlsRefusal('ERR_TLS_KEY', `${this.#cert.label}: there is no private key for the certificate`, {
        hint: 'Give `key`; or put the key into the same PEM text.',
      });
    return { chain, key };
  }
}

class Packed implements Identity {
  readonly #pfx: Material;
  readonly #passphrase: string | undefined;

  constructor(pfx: Material, passphrase: string | undefined) {
    this.#pfx = pfx;
    this.#passphrase = passphrase;
  }

  get label(): string {
    return this.#pfx.label;
  }

  get key(): string {
    return `pfx ${this.#pfx.digest},${hidden(this.#passphrase)}`;
  }

  load(binding: TlsBinding): { chain: Buffer[]; key: Buffer } {
    const { label } = this.#pfx;
    const content = this.#pfx.content();
    if (this.#pfx.isText || content instanceof KeyObject || content instanceof X509Certificate)
      throw tlsRefusal('ERR_TLS_INVALID', `${label}: PKCS#12 is bytes, or a file`);
    const { key, chain } = this.#open(binding, content);
    if (key === null) throw tlsRefusal('ERR_TLS_KEY', `${label}: it holds no private key`);
    if (chain.length === 0) throw tlsRefusal('ERR_TLS_CERTIFICATE', `${label}: it holds no certificate`);
    return { chain: inOrder(chain), key };
  }

  #open(binding: TlsBinding, content: Buffer): { key: Buffer | null; chain: Buffer[] } {
    const { label } = this.#pfx;
    try {
      return binding.pkcs12(content, this.#passphrase ?? '');
    } catch (error) {
      const { code, message } = error as { code?: LibraryCode; message: string };
      if (code === 'ERR_TLS_PASSPHRASE') {
        const why = this.#passphrase === undefined ? 'there is no passphrase' : 'the passphrase does not open it';
        throw tlsRefusal(code, `${label}: ${why}`, { hint: 'Give `passphrase`.', cause: error });
      }
      throw tlsRefusal('ERR_TLS_INVALID', `${label}: OpenSSL cannot read it (${message})`, {
        hint: 'It is no PKCS#12 file, or encrypted in a way that OpenSSL has given up, such as RC2 with 40 bits.',
        cause: error,
      });
    }
  }
}

/** Keys stay for as long as what they stand for. */
function hidden(passphrase: string | undefined): string {
  return passphrase === undefined ? '' : digestOf(passphrase);
}

/** PKCS#12 is a bag: ours comes first, then who signed it, and so on; what fits nowhere last. */
function inOrder(chain: readonly Buffer[]): Buffer[] {
  const [own, ...others] = chain.map((der) => new X509Certificate(der));
  const ordered = [own!];
  for (let next = own; next !== undefined;) {
    const at: number = others.findIndex((one) => next!.issuer === one.subject && next!.checkIssued(one));
    next = at === -1 ? undefined : others.splice(at, 1)[0];
    if (next !== undefined) ordered.push(next);
  }
  return [...ordered, ...others].map(({ raw }) => raw);
}
