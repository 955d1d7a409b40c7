// Owns the certificate that `listen --tls` and the tour make for themselves. It must not know who listens.

import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';

export interface SelfSigned {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the public key, in base64. */
  readonly pin: string;
}

/** The package that makes certificates is not installed. */
export class NoForge extends Error {}

/** A certificate for these DNS names and IP addresses, valid from yesterday on, because clocks differ, for a month unless told. */
export async function selfSigned(names: readonly string[], days = 30): Promise<SelfSigned> {
  const { pki, md } = await forge();
  // Node makes the key in a fraction of the time, and with its own randomness.
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pair.publicKey);
  // RFC 5280 §4.1.2.2: positive, and at most 20 bytes.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - day);
  certificate.validity.notAfter = new Date(Date.now() + days * day);
  const subject = [{ shortName: 'CN', value: names[0] ?? 'localhost' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: names.map(altName) },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(pki.privateKeyFromPem(pair.privateKey), md.sha256.create());
  return {
    cert: pki.certificateToPem(certificate),
    key: pair.privateKey,
    pin: createHash('sha256').update(der(pair.publicKey)).digest('base64'),
  };
}

/** Loaded when it is needed, because everything else works without it. */
async function forge(): Promise<typeof import('node-forge')> {
  try {
    return (await import('node-forge')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new NoForge(
      "the optional package 'node-forge', which makes certificates, is not installed: npm install node-forge",
    );
  }
}

/** RFC 5280 §4.2.1.6: 2 is dNSName, 7 is iPAddress. */
function altName(name: string): { type: number; value?: string; ip?: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}

function der(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----.*?-----/g, ''), 'base64');
}

const day = 86_400_000;
