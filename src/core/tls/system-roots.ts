// Owns where this machine keeps the certificates of the CAs it trusts. The same on every Node line, and the same places in
// the same order as crypto/x509 of Go looks.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tlsRefusal } from '../../error/make.js';
import { digestOf } from './digest.js';
import { lookAt, materialOf, type Material } from './material.js';
import { readableCertificates } from './pem.js';
import type { Roots } from './trust.js';

/** SSL_CERT_FILE and SSL_CERT_DIR where they are set; else the distribution's file, else its folder. */
export function systemRoots(): Roots {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = process.env;
  const named = (file ?? '') !== '' || (folders ?? '') !== '';
  if (!named) return new SystemRoots(...usual());
  const given = (folders ?? '').split(':').filter((folder) => folder !== '');
  return new SystemRoots((file ?? '') === '' ? null : materialOf('SSL_CERT_FILE', { file: file! }), given);
}

class SystemRoots implements Roots {
  readonly given: readonly Buffer[] = [];
  readonly #file: Material | null;
  readonly #folders: readonly string[];

  constructor(file: Material | null, folders: readonly string[]) {
    this.#file = file;
    this.#folders = folders;
  }

  get key(): string {
    const folders = this.#folders.map((folder) => `${folder}:${lookAt(folder)?.text ?? ''}`);
    const own = this.#file?.digest ?? '';
    return folders.length === 0 ? `system ${own}` : `system ${digestOf(own, ...folders)}`;
  }

  load(): Buffer[] {
    const found = this.#file === null ? [] : readableCertificates(this.#file);
    for (const folder of this.#folders) for (const one of filesOf(folder)) found.push(...certificatesIn(one));
    if (found.length > 0) return found;
    throw tlsRefusal('ERR_TLS_CERTIFICATE', 'this system has no certificates of CAs', {
      hint: 'Install them (the package is mostly called ca-certificates), or set SSL_CERT_FILE.',
    });
  }
}

const usualFiles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Gentoo
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL 6
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/pki/tls/cacert.pem', // OpenELEC
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL 7
  '/etc/ssl/cert.pem', // Alpine
];
const usualFolders = ['/etc/ssl/certs', '/etc/pki/tls/certs'];

function usual(): [Material | null, readonly string[]] {
  for (const file of usualFiles) if (lookAt(file) !== null) return [materialOf('the system’s CAs', { file }), []];
  return [null, usualFolders];
}

/** A folder that is not there counts as an empty one, as with OpenSSL. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** A folder may hold other things beside certificates. */
function certificatesIn(file: string): Buffer[] {
  try {
    return readableCertificates(materialOf('SSL_CERT_DIR', { file }));
  } catch {
    return [];
  }
}
