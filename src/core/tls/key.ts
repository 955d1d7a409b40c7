// Owns private keys: from whatever form they come in to PKCS#8. Opens encrypted ones with the passphrase that was given
// and never asks for one. It must not know which certificate a key belongs to.

import { KeyObject, X509Certificate, createPrivateKey, type PrivateKeyInput } from 'node:crypto';
import { tlsRefusal } from '../../error/make.js';
import type { SocketError } from '../../error/socket-error.js';
import { innerTags, tags } from './der.js';
import type { Material } from './material.js';
import { isPem, pathHint, pemBlocks, wordsFor, type PemBlock } from './pem.js';

/** The key as PKCS#8, not encrypted. @throws TlsError ERR_TLS_KEY, ERR_TLS_PASSPHRASE */
export function privateKeyOf(material: Material, passphrase: string | undefined): Buffer {
  const content = material.content();
  if (content instanceof X509Certificate) throw noKey(material, 'a certificate');
  if (content instanceof KeyObject) {
    if (content.type !== 'private') throw noKey(material, `a ${content.type} key`);
    return exported(content);
  }
  if (!isPem(content)) return fromDer(material, content, passphrase);
  const blocks = pemBlocks(material, content, 'ERR_TLS_KEY');
  const block = blocks.find(isPrivate);
  if (block === undefined) throw noKey(material, wordsFor(blocks.map(({ label }) => label)));
  return fromPem(material, block, passphrase);
}

/** The key that stands beside a certificate in one PEM text, as PKCS#8; null if there is none. */
export function privateKeyBeside(certificate: Material, passphrase: string | undefined): Buffer | null {
  const content = certificate.content();
  if (!Buffer.isBuffer(content) || !isPem(content)) return null;
  const block = pemBlocks(certificate, content, 'ERR_TLS_KEY').find(isPrivate);
  return block === undefined ? null : fromPem(certificate, block, passphrase);
}

function isPrivate(block: PemBlock): boolean {
  return block.label.endsWith('PRIVATE KEY');
}

function fromPem(material: Material, block: PemBlock, passphrase: string | undefined): Buffer {
  if (block.label === 'OPENSSH PRIVATE KEY')
    throw unusable(material, 'it is a key of OpenSSH', 'ssh-keygen -p -m PEM -f FILE turns it into one of OpenSSL.');
  // RFC 1421 §4.6.1.1, and RFC 7468 §11
  const isEncrypted = block.label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: *4, *ENCRYPTED/m.test(block.body);
  return read(material, { key: block.text, format: 'pem' }, isEncrypted, passphrase);
}

function fromDer(material: Material, der: Buffer, passphrase: string | undefined): Buffer {
  if (der.length === 0) throw unusable(material, 'it is empty', pathHint(material));
  const inner = innerTags(der);
  if (inner === null) throw unusable(material, 'it is neither PEM nor DER', pathHint(material));
  const [first, second, third] = inner;
  if (first === tags.sequence) {
    // EncryptedPrivateKeyInfo (RFC 5958 §3), SubjectPublicKeyInfo, Certificate: told apart by what follows the first.
    if (second === tags.octetString)
      return read(material, { key: der, format: 'der', type: 'pkcs8' }, true, passphrase);
    throw noKey(material, second === tags.bitString ? 'a public key' : 'a certificate');
  }
  if (first !== tags.integer) throw unusable(material, 'it is no private key');
  // PrivateKeyInfo, ECPrivateKey (RFC 5915 §3), RSAPrivateKey (RFC 8017 A.1.2)
  if (second === tags.sequence && third !== tags.octetString) throw noKey(material, 'a PKCS#12 file');
  const type = second === tags.sequence ? 'pkcs8' : second === tags.octetString ? 'sec1' : 'pkcs1';
  if (type === 'pkcs1' && inner.length < 9) throw noKey(material, 'a public key');
  return read(material, { key: der, format: 'der', type }, false, undefined);
}

function read(
  material: Material,
  input: PrivateKeyInput,
  isEncrypted: boolean,
  passphrase: string | undefined,
): Buffer {
  if (!isEncrypted) {
    try {
      return exported(createPrivateKey(input));
    } catch (error) {
      throw unusable(material, `OpenSSL cannot read the key (${reasonOf(error)})`, undefined, error);
    }
  }
  if (passphrase === undefined || passphrase === '') {
    const hint = 'Give `passphrase`.';
    throw tlsRefusal('ERR_TLS_PASSPHRASE', `${material.label}: the key is encrypted, and there is no passphrase`, {
      hint,
    });
  }
  try {
    return exported(createPrivateKey({ ...input, passphrase }));
  } catch (error) {
    // A wrong passphrase gives garbage, about which OpenSSL may complain in any words.
    throw tlsRefusal('ERR_TLS_PASSPHRASE', `${material.label}: the passphrase does not open the key`, {
      hint: 'The passphrase is wrong, or this OpenSSL does not know the encryption.',
      cause: error,
    });
  }
}

function exported(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function noKey(material: Material, found: string): SocketError {
  return unusable(material, `it holds no private key but ${found}`);
}

function unusable(material: Material, why: string, hint?: string, cause?: unknown): SocketError {
  return tlsRefusal('ERR_TLS_KEY', `${material.label}: ${why}`, { hint, cause });
}
