// Owns certificates and private keys as objects: from PEM or DER to what node:crypto knows.

import { createPrivateKey, X509Certificate, type KeyObject, type PrivateKeyInput } from 'node:crypto';
import { customInspect, show, type Shown } from '../../error/shown.js';
import { QoreException } from './exception.js';

/** What `getInfo` of a certificate tells. */
export interface CertificateInfo {
  readonly serialNumber: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly issuer: Readonly<Record<string, string>>;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An X.509 certificate, from PEM text or DER bytes. PEM may hold the chain behind it, which is sent as well. */
export class SSLCertificate {
  readonly #x509: X509Certificate;
  readonly #pem: string;

  /** @throws QoreException `SSLCERTIFICATE-CONSTRUCTOR-ERROR` */
  constructor(source: string | Uint8Array) {
    if (typeof source !== 'string' && !(source instanceof Uint8Array))
      throw new QoreException('SSLCERTIFICATE-CONSTRUCTOR-ERROR', 'a certificate is PEM text or DER bytes', source);
    try {
      this.#x509 = new X509Certificate(source);
    } catch (cause) {
      throw new QoreException('SSLCERTIFICATE-CONSTRUCTOR-ERROR', 'this is no certificate in PEM or DER', null, cause);
    }
    const blocks = Buffer.from(source).toString('latin1').match(pemBlock);
    this.#pem = blocks?.join('\n') ?? this.#x509.toString();
  }

  getPEM(): string {
    return this.#pem;
  }

  getDER(): Buffer {
    return this.#x509.raw;
  }

  /** Serial number, subject, issuer and dates. */
  getInfo(): CertificateInfo {
    return {
      serialNumber: this.#x509.serialNumber,
      subject: this.getSubjectHash(),
      issuer: this.getIssuerHash(),
      notBefore: this.getNotBeforeDate(),
      notAfter: this.getNotAfterDate(),
    };
  }

  /** The parts of the subject's name, `commonName` and others. */
  getSubjectHash(): Record<string, string> {
    return nameHash(this.#x509.subject);
  }

  getIssuerHash(): Record<string, string> {
    return nameHash(this.#x509.issuer);
  }

  getSerialNumber(): bigint {
    return BigInt(`0x${this.#x509.serialNumber}`);
  }

  getNotBeforeDate(): Date {
    return new Date(this.#x509.validFrom);
  }

  getNotAfterDate(): Date {
    return new Date(this.#x509.validTo);
  }

  [customInspect](...shown: Shown): string {
    const { subject, issuer, validTo } = this.#x509;
    return show('SSLCertificate', { subject, issuer, validTo }, shown);
  }
}

/** What `getInfo` of a private key tells. */
export interface KeyInfo {
  readonly type: string;
  readonly version: number;
  readonly bitLength: number;
}

/** A private key, from PEM text, which may be encrypted, or DER bytes. */
export class SSLPrivateKey {
  readonly #key: KeyObject;

  /** @throws QoreException `SSLPRIVATEKEY-CONSTRUCTOR-ERROR`: it is no key, or the password is missing or wrong */
  constructor(source: string | Uint8Array, pass?: string | null) {
    this.#key = keyOf(source, pass ?? undefined);
  }

  /** `'RSA'`, `'EC'`, `'DSA'`, `'DH'`, or node:crypto's name for another one. */
  getType(): string {
    const { asymmetricKeyType = 'unknown' } = this.#key;
    return keyTypes[asymmetricKeyType] ?? asymmetricKeyType.toUpperCase();
  }

  getVersion(): number {
    return 1;
  }

  getBitLength(): number {
    const { modulusLength, namedCurve } = this.#key.asymmetricKeyDetails ?? {};
    return modulusLength ?? Number(/\d{3}/.exec(namedCurve ?? '')?.[0] ?? 256);
  }

  getInfo(): KeyInfo {
    return { type: this.getType(), version: this.getVersion(), bitLength: this.getBitLength() };
  }

  /** The key in the clear, PKCS#8. */
  getPEM(): string {
    return this.#key.export({ format: 'pem', type: 'pkcs8' }) as string;
  }

  /** Without the key. */
  [customInspect](...shown: Shown): string {
    return show('SSLPrivateKey', { type: this.getType(), bitLength: this.getBitLength() }, shown);
  }

  /** The key as the library takes it. */
  static keyObject(key: SSLPrivateKey): KeyObject {
    return key.#key;
  }
}

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

const keyTypes: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA',
  ec: 'EC',
  dsa: 'DSA',
  dh: 'DH',
};

const longNames: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
};

function nameHash(name: string | undefined): Record<string, string> {
  return Object.fromEntries(
    (name ?? '')
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.indexOf('=');
        const key = line.slice(0, at);
        return [longNames[key] ?? key, line.slice(at + 1)];
      }),
  );
}

function keyOf(source: unknown, pass: unknown): KeyObject {
  const refused = (desc: string, cause?: unknown): QoreException =>
    new QoreException('SSLPRIVATEKEY-CONSTRUCTOR-ERROR', desc, null, cause);
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw refused('a private key is PEM text or DER bytes');
  if (pass !== undefined && typeof pass !== 'string') throw refused('a password is text');
  const bytes = Buffer.from(source);
  const isPem = bytes.includes('-----BEGIN ');
  const forms: PrivateKeyInput[] = isPem
    ? [{ key: bytes, format: 'pem' }]
    : (['pkcs8', 'pkcs1', 'sec1'] as const).map((type) => ({ key: bytes, format: 'der', type }));
  let reason: unknown;
  for (const form of forms) {
    try {
      return createPrivateKey(pass === undefined ? form : { ...form, passphrase: pass });
    } catch (cause) {
      reason ??= cause;
    }
  }
  throw refused('this is no private key, or its password is missing or wrong', reason);
}
