// Owns a PostgreSQL that a test starts for itself, with a database of its own that speaks TLS. It must not know what is
// asked of it.

import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { accountOf } from './account.js';
import { installed, launch } from './launch.js';
import type { Issued } from './pki.js';

export interface PostgresServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** May log in over TLS, with SCRAM-SHA-256. */
  readonly user: 'reader';
  readonly password: 'open sesame';
  readonly log: () => string;
}

/** Null after the test was told to skip. */
export async function startPostgres(t: TestContext, certificate: Issued): Promise<PostgresServer | null> {
  const postgres = installed(t, 'postgres', debianFolders());
  const initdb = installed(t, 'initdb', debianFolders());
  if (postgres === null || initdb === null) return null;
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? 'postgres' : undefined;
  const running = await launch(t, 1, (folder, [port]) => {
    const data = join(folder, 'data');
    for (const name of ['data', 'run']) mkdirSync(join(folder, name), { mode: 0o700 });
    const password = join(folder, 'password');
    writeFileSync(password, 'open sesame\n');
    const own = [data, join(folder, 'run')];
    for (const [name, file] of [
      ['certificate', certificate.certFile],
      ['key', certificate.keyFile],
    ] as const) {
      copyFileSync(file, join(folder, name));
      own.push(join(folder, name));
    }
    const account = user === undefined ? null : accountOf(user);
    if (account !== null) for (const file of own) chownSync(file, account.uid, account.gid);
    const words = ['-D', data, '-U', 'reader', '--auth=scram-sha-256', `--pwfile=${password}`, '--no-sync'];
    execFileSync(initdb, [...words, '--no-locale', '--encoding=UTF8'], { ...account, stdio: 'pipe', cwd: folder });
    writeFileSync(join(data, 'postgresql.conf'), configuration(folder, port!));
    writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    const ready = /database system is ready to accept connections/;
    return { command: [postgres, '-D', data], ready, signal: 'SIGINT', ...(user === undefined ? {} : { user }) };
  });
  return { host: '127.0.0.1', port: running.ports[0]!, user: 'reader', password: 'open sesame', log: running.log };
}

/** Debian keeps the programs of every version apart. */
function debianFolders(): string[] {
  try {
    return readdirSync('/usr/lib/postgresql').map((version) => join('/usr/lib/postgresql', version, 'bin'));
  } catch {
    return [];
  }
}

function configuration(folder: string, port: number): string {
  return `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = '${join(folder, 'run')}'
ssl = on
ssl_cert_file = '${join(folder, 'certificate')}'
ssl_key_file = '${join(folder, 'key')}'
fsync = off
max_connections = 10
shared_buffers = 1MB
autovacuum = off
log_connections = on
`;
}
