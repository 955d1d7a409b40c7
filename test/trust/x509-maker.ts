// Owns certificates and revocation lists of any kind, right or wrong, signed with node:crypto: hundreds a second, where the
// `openssl` command makes thirty. It must not know what is wrong with them.

import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export type KeyKind = 'P-256' | 'P-384' | 'RSA 2048' | 'RSA 1024' | 'Ed25519';
export type Digest = 'sha256' | 'sha384' | 'sha1' | 'md5';

export class Key {
  readonly private: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly id: Buffer;

  constructor(kind: KeyKind) {
    const { privateKey, publicKey } =
      kind === 'Ed25519'
        ? generateKeyPairSync('ed25519')
        : kind.startsWith('RSA')
          ? generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) })
          : generateKeyPairSync('ec', { namedCurve: kind });
    this.private = privateKey;
    this.spki = publicKey.export({ type: 'spki', format: 'der' });
    this.id = createHash('sha1').update(this.spki).digest();
  }

  get pem(): string {
    return this.private.export({ type: 'pkcs8', format: 'pem' }) as string;
  }
}

export interface Certificate {
  /** The common name; empty for a subject without anything. */
  subject: string;
  issuer: string;
  key: Key;
  /** Who really signs. */
  signer: Key;
  digest: Digest;
  notBefore: Date;
  notAfter: Date;
  serial: number;
  /** Version 1 has no extensions. */
  version: 1 | 3;
  extensions: Extension[];
  /** The last bit of the signature is another one. */
  damaged?: boolean;
}

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Buffer;
}

export interface RevocationList {
  readonly issuer: string;
  readonly signer: Key;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly serials: readonly number[];
}

/** RFC 5280 §4.1, DER. */
export function certificateDer(o: Certificate): Buffer {
  const body = sequence(
    ...(o.version === 3 ? [tagged(0, integer(2))] : []),
    integer(o.serial),
    algorithm(o.signer, o.digest),
    nameOf(o.issuer),
    sequence(time(o.notBefore), time(o.notAfter)),
    nameOf(o.subject),
    o.key.spki,
    ...(o.version === 3 ? [tagged(3, sequence(...o.extensions.map(extensionDer)))] : []),
  );
  const der = signed(body, o.signer, o.digest);
  if (o.damaged) der[der.length - 1]! ^= 1;
  return der;
}

/** RFC 5280 §5.1, DER. */
export function listDer(o: RevocationList): Buffer {
  const revoked = o.serials.map((serial) => sequence(integer(serial), time(o.thisUpdate)));
  const body = sequence(
    integer(1),
    algorithm(o.signer, 'sha256'),
    nameOf(o.issuer),
    time(o.thisUpdate),
    time(o.nextUpdate),
    ...(revoked.length > 0 ? [sequence(...revoked)] : []),
    tagged(0, sequence(extensionDer(extension.authorityKeyId(o.signer)))),
  );
  return signed(body, o.signer, 'sha256');
}

export function pemOf(label: 'CERTIFICATE' | 'X509 CRL', der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

/** The bits of keyUsage. */
export const usage = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, crlSign: 6 } as const;
/** Purposes of extendedKeyUsage. */
export const purpose = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  email: '1.3.6.1.5.5.7.3.4',
  any: '2.5.29.37.0',
} as const;

export const extension = {
  basicConstraints: (ca: boolean, pathLength?: number): Extension => ({
    oid: '2.5.29.19',
    critical: true,
    value: sequence(
      ...(ca ? [element(0x01, Buffer.of(0xff))] : []),
      ...(pathLength === undefined ? [] : [integer(pathLength)]),
    ),
  }),
  keyUsage: (...bits: number[]): Extension => {
    const byte = bits.reduce((all, bit) => all | (0x80 >> bit), 0);
    let unused = 0;
    while (unused < 7 && ((byte >> unused) & 1) === 0) unused++;
    return { oid: '2.5.29.15', critical: true, value: element(0x03, Buffer.of(unused, byte)) };
  },
  extendedKeyUsage: (...purposes: string[]): Extension => ({
    oid: '2.5.29.37',
    value: sequence(...purposes.map(objectId)),
  }),
  names: (names: readonly GeneralName[], critical = false): Extension => ({
    oid: '2.5.29.17',
    critical,
    value: sequence(...names.map(generalName)),
  }),
  constraints: (permitted: readonly GeneralName[], excluded: readonly GeneralName[]): Extension => ({
    oid: '2.5.29.30',
    critical: true,
    value: sequence(
      ...[permitted, excluded].flatMap((names, i) =>
        names.length === 0 ? [] : [tagged(i, ...names.map((name) => sequence(generalName(name))))],
      ),
    ),
  }),
  subjectKeyId: (key: Key): Extension => ({ oid: '2.5.29.14', value: element(0x04, key.id) }),
  authorityKeyId: (key: Key): Extension => ({ oid: '2.5.29.35', value: sequence(element(0x80, key.id)) }),
  unknown: (critical: boolean): Extension => ({ oid: '1.2.3.4', critical, value: element(0x05) }),
} as const;

/** A DNS name, an e-mail address, or the bytes of an IP address (in constraints with its mask). */
export type GeneralName = { readonly dns: string } | { readonly email: string } | { readonly ip: Buffer };

function generalName(name: GeneralName): Buffer {
  if ('dns' in name) return element(0x82, Buffer.from(name.dns, 'latin1'));
  return 'ip' in name ? element(0x87, name.ip) : element(0x81, Buffer.from(name.email, 'latin1'));
}

function extensionDer({ oid, critical = false, value }: Extension): Buffer {
  return sequence(objectId(oid), ...(critical ? [element(0x01, Buffer.of(0xff))] : []), element(0x04, value));
}

function signed(body: Buffer, signer: Key, digest: Digest): Buffer {
  const hash = signer.private.asymmetricKeyType === 'ed25519' ? null : digest;
  const signature = sign(hash, body, signer.private);
  return sequence(body, algorithm(signer, digest), element(0x03, Buffer.of(0), signature));
}

function algorithm(signer: Key, digest: Digest): Buffer {
  switch (signer.private.asymmetricKeyType) {
    case 'ed25519':
      return sequence(objectId('1.3.101.112'));
    case 'rsa':
      return sequence(
        objectId(`1.2.840.113549.1.1.${{ sha256: 11, sha384: 12, sha1: 5, md5: 4 }[digest]}`),
        element(0x05),
      );
    default:
      return sequence(objectId(`1.2.840.10045.4.${{ sha256: '3.2', sha384: '3.3', sha1: '1', md5: '1' }[digest]}`));
  }
}

function nameOf(text: string): Buffer {
  if (text === '') return sequence();
  return sequence(element(0x31, sequence(objectId('2.5.4.3'), element(0x0c, Buffer.from(text)))));
}

/** UTCTime: two digits of the year. */
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, '');
  return element(0x17, Buffer.from(text.slice(2)));
}

function element(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return element(0x30, ...content);
}

function tagged(number: number, ...content: Buffer[]): Buffer {
  return element(0xa0 | number, ...content);
}

/** Not below 0. */
function integer(value: number): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return element(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function objectId(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(0x06, Buffer.from(bytes));
}
