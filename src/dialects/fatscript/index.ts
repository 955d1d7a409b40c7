// The dialect of FatScript's `fat.socket`: `import { connect } from 'berkeley/dialects/fatscript'`. Owns its functions and their
// two switches; a Chunk is a Buffer, Void is undefined.

import { resolve } from 'node:path';
import type { TlsOptions } from '../../contract/tls.js';
import * as net from '../../sync/index.js';
import { ClientSocket } from './client-socket.js';
import { checkBoolean, checkPort, checkText, fatError } from './errors.js';
import { ServerSocket } from './server-socket.js';

export { ClientSocket } from './client-socket.js';
export type { FatError } from './errors.js';
export { ServerSocket } from './server-socket.js';

let verifies = true;
let identity: TlsOptions | null = null;

/**
 * Connects to a host name or an address. With `useSSL` the TLS handshake is made, too, and the certificate must be valid for
 * `addr`, unless `verifySSL(false)` was said before.
 *
 * @throws FatError `AsyncError`: `ECONNREFUSED`, `ENOTFOUND`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY` and others: nothing stays open
 */
export function connect(addr: string, port: number, useSSL = false): ClientSocket {
  checkText('addr', addr);
  checkPort(port);
  checkBoolean('useSSL', useSSL);
  try {
    return new ClientSocket(net.connect({ host: addr, port }, useSSL ? { tls: { verify: verifies } } : {}));
  } catch (error) {
    throw fatError(error, 'AsyncError');
  }
}

/** Whether the connections that `connect` makes from now on verify certificates. They do unless told. */
export function verifySSL(enabled: boolean): void {
  checkBoolean('enabled', enabled);
  verifies = enabled;
}

/**
 * The certificate (with its chain) and the key, PEM files, of the servers that `bind` makes from now on: they speak TLS. Servers from
 * before stay as they are. The files are read now, so that what is wrong with them is said here, and by `bind` again where they have changed.
 *
 * @throws FatError `FileError`: `ENOENT`, `ERR_TLS_CERTIFICATE`, `ERR_TLS_KEY_MISMATCH` and others; what was set before stays
 */
export function setSSL(certPath: string, keyPath: string): void {
  checkText('certPath', certPath);
  checkText('keyPath', keyPath);
  const given = { cert: { file: resolve(certPath) }, key: { file: resolve(keyPath) } };
  try {
    // Whoever begins to listen is told what is wrong with the files; nobody can know this name.
    net.listen(`unix:@berkeley-${process.pid}-${Math.random()}`, { tls: given }).close();
  } catch (error) {
    throw fatError(error, 'FileError');
  }
  identity = given;
}

/**
 * Listens on a port of every local address, with TLS once `setSSL` was called. Port 0 is chosen by the kernel.
 *
 * @throws FatError `AsyncError`: `EADDRINUSE`, `EACCES`
 */
export function bind(port: number): ServerSocket {
  checkPort(port);
  try {
    return new ServerSocket(net.listen(port, identity === null ? {} : { tls: identity }));
  } catch (error) {
    throw fatError(error, 'AsyncError');
  }
}
