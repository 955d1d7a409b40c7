// Owns the way from an errno, and from a resolver's EAI code, to an error. The only place that makes this turn.

import { constants } from 'node:os';
import type { Phase } from '../contract/error.js';
import { ResolveError, SocketError, type ErrorFacts } from './socket-error.js';

// Where one number has two names, these are the ones that no man page of a socket uses.
const uncommon = new Set(['EDEADLOCK', 'ENOTSUP', 'EWOULDBLOCK']);
const names = new Map<number, string>();
learnErrnos(constants.errno);

/** Adds names of errnos. Node's own list lacks some, such as EHOSTDOWN; native/ has those of this system's headers. */
export function learnErrnos(table: Readonly<Record<string, number>>): void {
  for (const [name, number] of Object.entries(table))
    if (!uncommon.has(name) && !names.has(number)) names.set(number, name);
}

/** The name of a positive errno. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** Where a system call was aimed: what `Address` has. */
export interface Whereabouts {
  readonly address: string;
  readonly port?: number;
  toString(): string;
}

/** The error for a system call that returned `-errno`. What is no address, an option say, is named in the message only. */
export function systemError(
  negativeErrno: number,
  syscall: string,
  phase: Phase,
  at?: Whereabouts | string | null,
  facts?: Partial<ErrorFacts>,
): SocketError {
  const errno = -negativeErrno;
  const code = errnoName(errno);
  const what = at ? ` ${at.toString()}` : '';
  const where = typeof at === 'string' ? null : at;
  return new SocketError(`${syscall} ${code}${what}`, {
    code,
    phase,
    errno,
    syscall,
    address: where?.address,
    port: where?.port,
    hint: hints[`${syscall} ${code}`] ?? hints[code],
    ...facts,
  });
}

/** The error for a file that cannot be read or written, from what node:fs has thrown. */
export function fileError(error: unknown, path: string): SocketError {
  const { code = 'EIO', errno, syscall = 'open' } = error as NodeJS.ErrnoException;
  return new SocketError(`${syscall} ${code} ${path}`, {
    code,
    phase: 'config',
    errno: errno === undefined ? undefined : Math.abs(errno),
    syscall,
    cause: error,
  });
}

/** The error for a name that could not be resolved. `gai` is the name of the EAI code, `text` what the system says of it. */
export function resolveError(
  syscall: 'getaddrinfo' | 'getnameinfo',
  host: string,
  service: string | null,
  gai: string,
  text: string,
  errno = 0,
): SocketError {
  const code = gai === 'EAI_NONAME' || gai === 'EAI_NODATA' || gai === 'EAI_ADDRFAMILY' ? 'ENOTFOUND' : gai;
  const what = service === null ? host : `${host}:${service}`;
  return new ResolveError(`${syscall} ${code} ${what} (${text})`, {
    code,
    phase: 'lookup',
    syscall,
    address: host,
    errno: errno === 0 ? undefined : errno,
    hint:
      code === 'EAI_AGAIN'
        ? 'The name server did not answer; it may later.'
        : code === 'EAI_SERVICE'
          ? 'The service name is not in /etc/services; use a port number.'
          : undefined,
  });
}

const hints: Partial<Record<string, string>> = {
  EADDRINUSE: 'Another socket has this address. Port 0 lets the kernel choose a free port.',
  EADDRNOTAVAIL: 'No interface of this machine has this address.',
  ECONNREFUSED: 'Nothing listens there.',
  EDESTADDRREQ: 'The socket has no peer: connect it, or name a destination.',
  EMSGSIZE:
    'The message is larger than the socket takes at once: 65,507 bytes over UDP and IPv4, less where it must not be fragmented.',
  EMFILE: 'This process has used up its descriptors (ulimit -n).',
  ENFILE: 'The system has used up its open files.',
  'bind EACCES': 'Ports below 1024 need CAP_NET_BIND_SERVICE; a Unix path needs write permission in its folder.',
  'connect EACCES': 'A broadcast address needs SO_BROADCAST; a Unix path needs write permission on the file.',
  'getsockopt EPERM': 'This option needs CAP_NET_ADMIN.',
  'sendmmsg EACCES': 'A broadcast address needs SO_BROADCAST.',
  'sendmsg EACCES': 'A broadcast address needs SO_BROADCAST.',
  'sendto EACCES': 'A broadcast address needs SO_BROADCAST.',
  'setsockopt EPERM': 'This option, or this value of it, needs CAP_NET_ADMIN or CAP_NET_RAW.',
};
