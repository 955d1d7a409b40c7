// Owns the certificate of the TLS cases: EC on P-256, self-signed, made on the spot beside the C programs.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, BINARIES } from './programs.js';

const NEW = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 36500'.split(' ');

/** The files: certificate and key, both PEM. The same for all contenders of a run. */
export function certificate(): [certificate: string, key: string] {
  const files: [string, string] = [join(BINARIES, 'certificate.pem'), join(BINARIES, 'key.pem')];
  if (files.every((file) => existsSync(file))) return files;
  const { error, status, stderr } = spawnSync('openssl', [...NEW, '-out', files[0], '-keyout', files[1]], {
    encoding: 'utf8',
  });
  if (error) throw new BenchError(`the TLS cases need the command openssl, which does not run: ${error.message}`);
  if (status !== 0) throw new BenchError(`openssl could not make a certificate:\n${stderr}`);
  return files;
}
