// Owns the way from text and bytes to DER: the blocks of a PEM text, certificates and revocation lists. Private keys are
// in key.ts. It must not know what a certificate says; OpenSSL judges that.

import { X509Certificate } from 'node:crypto';
import { tlsRefusal } from '../../error/make.js';
import type { SocketError } from '../../error/socket-error.js';
import { innerTags, sequenceOf, tags } from './der.js';
import type { Material } from './material.js';

/** `-----BEGIN label-----` … `-----END label-----` */
export interface PemBlock {
  readonly label: string;
  /** With both lines. */
  readonly text: string;
  /** Between them. */
  readonly body: string;
}

/** All certificates, in order: a chain file gives the whole chain. @throws TlsError ERR_TLS_CERTIFICATE */
export function certificatesOf(material: Material): Buffer[] {
  const content = material.content();
  if (content instanceof X509Certificate) return [content.raw];
  if (!Buffer.isBuffer(content)) throw noCertificate(material, `a ${content.type} key`);
  const found = isPem(content) ? fromPem(material, content, certificateLabels) : [fromDer(material, content)];
  for (const der of found) checkCertificate(material, der);
  return found;
}

/** The certificates that OpenSSL can read, and nothing about the others: for lists that somebody else keeps. */
export function readableCertificates(material: Material): Buffer[] {
  const content = material.content();
  if (!Buffer.isBuffer(content) || !isPem(content)) return [];
  return fromPem(material, content, certificateLabels).filter(isCertificate);
}

/** All revocation lists, in order. @throws TlsError ERR_TLS_CERTIFICATE */
export function crlsOf(material: Material): Buffer[] {
  const content = material.content();
  if (!Buffer.isBuffer(content))
    throw unusable(material, `a ${content instanceof X509Certificate ? 'certificate' : 'key'} is no revocation list`);
  if (isPem(content)) return fromPem(material, content, crlLabels);
  const der = fromDer(material, content);
  if (isCertificate(der)) throw unusable(material, 'a certificate is no revocation list');
  return [der];
}

export function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN ');
}

/** @throws TlsError with `code` when a block does not end */
export function pemBlocks(material: Material, bytes: Buffer, code: 'ERR_TLS_CERTIFICATE' | 'ERR_TLS_KEY'): PemBlock[] {
  const text = bytes.toString('latin1');
  const blocks: PemBlock[] = [];
  for (let at = text.indexOf(BEGIN); at !== -1; at = text.indexOf(BEGIN, at)) {
    const close = text.indexOf(DASHES, at + BEGIN.length);
    const label = close === -1 ? '' : text.slice(at + BEGIN.length, close);
    const last = `-----END ${label}-----`;
    const end = label === '' || label.includes('\n') ? -1 : text.indexOf(last, close);
    if (end === -1) throw tlsRefusal(code, `${material.label}: a block of the PEM text has no end`);
    at = end + last.length;
    blocks.push({ label, text: text.slice(text.lastIndexOf(BEGIN, close), at), body: text.slice(close + 5, end) });
  }
  return blocks;
}

/** What is found where something else belongs, in words. */
export function wordsFor(labels: readonly string[]): string {
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) return 'a private key';
  if (labels.some((label) => label.endsWith('PUBLIC KEY'))) return 'a public key';
  if (labels.some((label) => crlLabels.includes(label))) return 'a revocation list';
  if (labels.some((label) => certificateLabels.includes(label))) return 'a certificate';
  if (labels.some((label) => label.includes('REQUEST'))) return 'a request for a certificate';
  return labels.map((label) => `'${label}'`).join(', ');
}

/** A path where PEM text belongs is the usual mistake. */
export function pathHint(material: Material): string | undefined {
  return material.isText ? "Text is taken as PEM. To read a file write { file: '…' }." : undefined;
}

const BEGIN = '-----BEGIN ';
const DASHES = '-----';
const certificateLabels: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
const crlLabels: readonly string[] = ['X509 CRL'];

function fromPem(material: Material, bytes: Buffer, labels: readonly string[]): Buffer[] {
  const blocks = pemBlocks(material, bytes, 'ERR_TLS_CERTIFICATE');
  const wanted = blocks.filter(({ label }) => labels.includes(label));
  if (wanted.length > 0) return wanted.map((block) => derOf(material, block));
  const found = wordsFor(blocks.map(({ label }) => label));
  throw labels === crlLabels ? unusable(material, `${found} is no revocation list`) : noCertificate(material, found);
}

function derOf(material: Material, block: PemBlock): Buffer {
  const packed = block.body.replace(/\s+/g, '');
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? Buffer.from(packed, 'base64') : null;
  // Behind a TRUSTED CERTIFICATE stands what OpenSSL knows of it besides.
  const der = bytes === null ? null : sequenceOf(bytes);
  if (der === null || (block.label !== 'TRUSTED CERTIFICATE' && der.length !== bytes!.length))
    throw unusable(material, 'a block of the PEM text is damaged');
  return der;
}

function fromDer(material: Material, bytes: Buffer): Buffer {
  if (bytes.length === 0) throw unusable(material, 'it is empty', pathHint(material));
  const inner = innerTags(bytes);
  if (inner === null) throw unusable(material, 'it is neither PEM nor DER', pathHint(material));
  if (inner[0] === tags.integer) throw noCertificate(material, 'a private key or a PKCS#12 file');
  if (inner.length === 2) throw noCertificate(material, inner[1] === tags.bitString ? 'a public key' : 'a private key');
  return bytes;
}

function checkCertificate(material: Material, der: Buffer): void {
  if (!isCertificate(der)) throw unusable(material, 'OpenSSL cannot read the certificate');
}

function isCertificate(der: Buffer): boolean {
  try {
    new X509Certificate(der);
    return true;
  } catch {
    return false;
  }
}

function noCertificate(material: Material, found: string): SocketError {
  return unusable(material, `it holds no certificate but ${found}`);
}

function unusable(material: Material, why: string, hint?: string): SocketError {
  return tlsRefusal('ERR_TLS_CERTIFICATE', `${material.label}: ${why}`, { hint });
}
