// Owns an nginx and a Redis that a test starts for itself. It must not know what is asked of them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { launch, type Running } from './launch.js';
import type { Issued } from './pki.js';

export { installed, temporaryFolder } from './launch.js';

export interface Server {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The Unix socket that it listens on, too. */
  readonly path: string;
  readonly stop: () => Promise<void>;
}

/** What nginx does for TLS. */
export interface NginxTls {
  readonly certificate: Issued;
  /** Whether clients show a certificate, and whose: `ssl_verify_client` and `ssl_client_certificate`. */
  readonly clients?: 'optional' | 'on';
  readonly clientCa?: Issued;
  /** `ssl_protocols`: TLSv1.2 and TLSv1.3 unless told. */
  readonly protocols?: string;
  /** HTTP/2 is among the protocols of ALPN. */
  readonly http2?: boolean;
}

/**
 * An nginx that serves `files`, by name, as they are. With TLS, `/facts` says what it has negotiated, a word a line:
 * version, cipher, name, protocol, verdict on the client, its subject, `r` for a resumed session and `.` for a new one.
 */
export async function startNginx(
  t: TestContext,
  program: string,
  files: Record<string, Buffer>,
  tls?: NginxTls,
): Promise<Server> {
  const running = await launch(t, 1, (folder, [port]) => {
    mkdirSync(join(folder, 'root'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'root', name), content);
    const configuration = join(folder, 'nginx.conf');
    writeFileSync(configuration, nginxConfiguration(folder, port!, tls));
    return { command: [program, '-p', folder, '-c', configuration, '-e', 'stderr'], ready: /start worker process \d/ };
  });
  return serverOf(running, 'nginx.sock');
}

/** A Redis that keeps everything in memory. */
export async function startRedis(t: TestContext, program: string): Promise<Server> {
  const running = await launch(t, 1, (folder, [port]) => {
    const words = ['--bind', '127.0.0.1', '--port', String(port), '--unixsocket', join(folder, 'redis.sock')];
    const quiet = ['--dir', folder, '--save', '', '--appendonly', 'no', '--daemonize', 'no', '--logfile', ''];
    return { command: [program, ...words, ...quiet], ready: /Ready to accept connections/ };
  });
  return serverOf(running, 'redis.sock');
}

function serverOf({ folder, ports, stop }: Running, socket: string): Server {
  return { host: '127.0.0.1', port: ports[0]!, path: join(folder, socket), stop };
}

function nginxConfiguration(folder: string, port: number, tls: NginxTls | undefined): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n  ');
  const ssl = tls === undefined ? '' : ` ssl${tls.http2 ? ' http2' : ''}`;
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
error_log stderr notice;
pid ${join(folder, 'nginx.pid')};
events { worker_connections 64; }
http {
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port}${ssl};
    listen unix:${join(folder, 'nginx.sock')}${ssl};
    root ${join(folder, 'root')};
    keepalive_timeout 60s;
    ${tls === undefined ? '' : nginxTls(tls)}
  }
}
`;
}

function nginxTls(tls: NginxTls): string {
  const facts = [
    'protocol',
    'cipher',
    'server_name',
    'alpn_protocol',
    'client_verify',
    'client_s_dn',
    'session_reused',
  ];
  return `
    ssl_certificate ${tls.certificate.certFile};
    ssl_certificate_key ${tls.certificate.keyFile};
    ssl_protocols ${tls.protocols ?? 'TLSv1.2 TLSv1.3'};
    ${tls.clients === undefined ? '' : `ssl_verify_client ${tls.clients}; ssl_verify_depth 3;`}
    ${tls.clientCa === undefined ? '' : `ssl_client_certificate ${tls.clientCa.leafFile};`}
    location = /facts { default_type text/plain; return 200 "${facts.map((name) => `$ssl_${name}`).join('\n')}\n"; }
`;
}
