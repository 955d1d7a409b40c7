// Owns the servers and clients with TLS that the tests of the command talk to: Python's ssl and the `openssl` command.
// It must not know what is tested.

import type { TestContext } from 'node:test';
import { pki, type Issued } from '../support/pki.js';
import { python, Running } from './command.js';

export interface PythonTlsOptions {
  /** The server's own; `pki().server` unless told. */
  readonly certificate?: Issued;
  /** Statements with `context`, before anybody comes. */
  readonly prepare?: string;
  /** Statements with the plain connection `s`, before the handshake. */
  readonly before?: string;
  /** Statements with the connection `s` under TLS. */
  readonly script: string;
}

/**
 * A server that says where it listens, takes one connection, shakes hands, and does what the script says. A failed
 * handshake is said as `failed REASON`.
 */
export async function pythonTls(t: TestContext, o: PythonTlsOptions): Promise<{ server: Running; target: string }> {
  const { certFile, keyFile } = o.certificate ?? pki().server;
  const server = python(
    t,
    [
      'import ssl',
      'context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)',
      'context.load_cert_chain(sys.argv[1], sys.argv[2])',
      'def line(s):',
      '    got = b""',
      '    while not got.endswith(b"\\r\\n"): got += s.recv(1)',
      '    return got.decode().strip()',
      o.prepare ?? '',
      'l = socket.create_server(("127.0.0.1", 0))',
      'say("port", l.getsockname()[1], "")',
      's, _ = l.accept()',
      o.before ?? '',
      'try: s = context.wrap_socket(s, server_side=True)',
      'except (ssl.SSLError, OSError) as error:',
      '    say("failed", getattr(error, "reason", None) or error, ""); sys.exit(0)',
      o.script,
    ].join('\n'),
    certFile,
    keyFile,
    pki().root.certFile,
  );
  const [, port = ''] = await server.says(/port (\d+) /);
  return { server, target: `localhost:${port}` };
}

/** `openssl s_server` with these options. What it gets stands in `out`. */
export async function opensslServer(
  t: TestContext,
  certificate: Issued,
  ...words: string[]
): Promise<{ server: Running; target: string }> {
  const files = ['-cert', certificate.leafFile, '-key', certificate.keyFile];
  const chain = certificate.chain === '' ? [] : ['-cert_chain', certificate.chainFile];
  const server = new Running(t, 'openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, ...chain, ...words]).flow();
  const [, port = ''] = await server.says(/^ACCEPT 127\.0\.0\.1:(\d+)$/m);
  return { server, target: `localhost:${port}` };
}

/** `openssl s_client` to where the command listens. */
export function opensslClient(t: TestContext, target: string, ...words: string[]): Running {
  const to = target.startsWith('unix:') ? ['-unix', target.slice(5)] : ['-connect', target];
  return new Running(t, 'openssl', ['s_client', ...to, ...words]).flow();
}

/** SHA-256 of a certificate's public key, in base64, as OpenSSL has it. */
export function opensslPin(pem: string): string {
  const key = pki().run(['x509', '-noout', '-pubkey'], pem);
  const file = pki().file('pem', key);
  const der = pki().file('der', '');
  pki().run(['pkey', '-pubin', '-in', file, '-outform', 'DER', '-out', der]);
  const [, hex = ''] = /= ([\da-f]{64})$/m.exec(pki().run(['dgst', '-sha256', der])) ?? [];
  return Buffer.from(hex, 'hex').toString('base64');
}
