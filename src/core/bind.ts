// Owns bind(2): reuse options, and the file of a Unix socket.

import { chmodSync } from 'node:fs';
import type { Phase } from '../contract/error.js';
import type { SocketAddress } from '../address/socket-address.js';
import type { Endpoint } from '../address/target.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt, Interest } from './attempt.js';
import { Resolution } from './dial/resolution.js';
import type { Handle } from './handle.js';
import { checkFilePermission, checkPermission } from './permission.js';
import { bindHint } from './privilege.js';
import { decodeBytes, sockaddrOf } from './sockaddr.js';
import { UnixFile } from './unix-file.js';
import type { Want } from './want.js';
import { isWant } from './want.js';

export interface BindOptions {
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  /** Permission bits of a Unix socket's file. */
  readonly mode: number | null;
}

const EVERY_ONE = {
  hint: 'Every socket on a shared port needs reusePort, the first one too, and all must be of one user.',
};

/** Binds to an address that is known. */
export function bindTo(handle: Handle, address: SocketAddress, options: BindOptions): void {
  checkBindPermission(address);
  const unix = handle.family === C.AF_UNIX;
  if (options.reuseAddress && !unix) setFlag(handle, C.SO_REUSEADDR);
  if (options.reusePort) shareablePort(handle, address);
  const path = unix ? fileOf(address) : null;
  const result = native.bind(handle.fd, sockaddrOf(address));
  if (result < 0) {
    const isTaken = options.reusePort && result === C.EADDRINUSE;
    throw systemError(result, 'bind', 'bind', address, isTaken ? EVERY_ONE : bindHint(address, result));
  }
  handle.state = 'bound';
  handle.bound = true;
  if (path === null) return;
  handle.file = new UnixFile(path);
  if (options.mode !== null) chmodSync(path, options.mode);
}

/** Binds to the first address of an endpoint, which may need a lookup. */
export class Bind<T> implements Attempt<T> {
  readonly phase: Phase = 'bind';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #handle: Handle;
  readonly #options: BindOptions;
  readonly #result: T;
  readonly #resolution: Resolution;

  constructor(handle: Handle, endpoint: Endpoint, options: BindOptions, result: T) {
    this.#result = result;
    handle.check('bind');
    checkPermission();
    this.#handle = handle;
    this.#options = options;
    this.#resolution = new Resolution(endpoint, { family: handle.family, kind: handle.kind, passive: true });
  }

  interests(): readonly Interest[] {
    const { interest } = this.#resolution;
    return interest === null ? [] : [interest];
  }

  step(): T | Want {
    const addresses = this.#resolution.step();
    if (isWant(addresses)) return addresses;
    this.#handle.check('bind');
    bindTo(this.#handle, addresses[0]!, this.#options);
    return this.#result;
  }

  abandon(): void {
    this.#resolution.release();
  }
}

/** Whether the file may be made that bind(2) to this address makes. It is looked at and removed, too. */
export function checkBindPermission({ family, path }: SocketAddress): void {
  if (family !== 'unix' || path === undefined || path === '' || path.startsWith('@')) return;
  checkFilePermission('fs.write', path);
  checkFilePermission('fs.read', path);
}

/** The path of the file that bind(2) makes; null where there is none, or where no text can name it. */
function fileOf(address: SocketAddress): string | null {
  const { path, raw } = address;
  if (path === undefined || path.startsWith('@')) return null;
  return raw === undefined || decodeBytes(raw).raw === undefined ? path : null;
}

/** Kernels before 6.13 take it for other families, too, where it does nothing. */
function shareablePort(handle: Handle, address: SocketAddress): void {
  if (handle.family !== C.AF_INET && handle.family !== C.AF_INET6)
    throw systemError(C.EOPNOTSUPP, 'setsockopt', 'bind', address, {
      hint: 'reusePort is for IPv4 and IPv6. Other listeners are shared by handing their descriptor on.',
    });
  setFlag(handle, C.SO_REUSEPORT);
}

function setFlag(handle: Handle, option: number): void {
  const result = native.setsockoptInt(handle.fd, C.SOL_SOCKET, option, 1);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
}
