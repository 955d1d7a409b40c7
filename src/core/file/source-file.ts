// Owns a file while it is being sent: open for one call, with a descriptor of its own, and how the next piece of it is got.
// It must not know what the piece is sent through.
//
// A descriptor of the caller's is duplicated: if they close theirs while the call waits, its number may become another
// file's. The copy is the same open file, so O_NONBLOCK is not touched, and poll(2) says whether a read would wait.

import { constants } from 'node:fs';
import { refusal } from '../../error/make.js';
import { systemError } from '../../error/system.js';
import { EAGAIN, EINTR, EISDIR, ESPIPE, POLLIN } from '../../native/constants.js';
import { native } from '../../native/load.js';
import { checkFilePermission } from '../permission.js';
import { Registration, registrationOf, retire } from '../registration.js';
import { Want } from '../want.js';

const SEEK_SET = 0;
const SEEK_CUR = 1;

export class SourceFile {
  /** For those who wait until there is something to read: pipes, terminals, sockets. */
  readonly registration: Registration;
  /** It has positions: a file of a file system, or a disk. */
  readonly positional: boolean;
  /** How many bytes it holds, as far as we know; 0 for those that do not say, as under /proc. */
  size: number;
  readonly #name: string | null;
  readonly #offset: number | undefined;
  /** Where the first byte is; -1 before `begin`, and for files without positions. */
  #start = -1;
  #open = true;

  constructor(file: string | number, offset: number | undefined) {
    this.#name = typeof file === 'string' ? file : null;
    this.#offset = offset;
    this.registration = new Registration(open(file), false);
    try {
      const type = this.#check(native.fileType(this.registration.fd), 'fstat');
      if (type === constants.S_IFDIR) this.#check(EISDIR, 'read');
      this.positional = type === constants.S_IFREG || type === constants.S_IFBLK;
      if (offset !== undefined && !this.positional) this.#check(ESPIPE, 'pread');
      this.size = this.positional ? this.#check(native.fileSize(this.registration.fd), 'fstat') : 0;
    } catch (error) {
      this.close(0);
      throw error;
    }
  }

  get fd(): number {
    return this.registration.fd;
  }
  get start(): number {
    return this.#start;
  }

  /** Settles where the first byte is. Later than the opening: calls before this one may have moved the position. */
  begin(): void {
    if (!this.positional || this.#start >= 0) return;
    this.#start = this.#offset ?? (this.#name === null ? this.#check(native.seek(this.fd, 0, SEEK_CUR), 'lseek') : 0);
  }

  /** Whether there is more behind `position` than was known; the file may have grown. */
  holds(position: number): boolean {
    if (position < this.size) return true;
    this.size = this.#check(native.fileSize(this.fd), 'fstat');
    return position < this.size;
  }

  /** Reads what comes after `done` bytes into `target`: how many, 0 at the end, or Want.Many. */
  read(target: Uint8Array, length: number, done: number): number {
    const { fd } = this;
    if (this.positional) return this.#check(native.read(fd, target, 0, length, this.#start + done), 'read');
    const found = native.poll(fd, POLLIN, 0);
    if (found === 0 || found === EINTR) return Want.Many;
    this.#check(found, 'poll');
    const n = native.read(fd, target, 0, length, -1);
    return n === EAGAIN ? Want.Many : this.#check(n, 'read');
  }

  /** The position of a descriptor of the caller's moves on by what was sent, unless they have named an offset. */
  close(done: number): void {
    if (!this.#open) return;
    this.#open = false;
    const { fd } = this;
    if (done > 0 && this.#start >= 0 && this.#offset === undefined && this.#name === null)
      native.seek(fd, this.#start + done, SEEK_SET);
    // The caller's descriptor keeps the open file alive, and its place in the epoll with it.
    retire(this.registration, true);
    native.close(fd);
    this.registration.fd = -1;
  }

  #check(result: number, syscall: string): number {
    if (result >= 0) return result;
    throw systemError(result, syscall, 'read', this.#name);
  }
}

function open(file: string | number): number {
  if (typeof file === 'number') {
    if (registrationOf(file) !== null)
      throw refusal('ERR_DESCRIPTOR_IN_USE', 'read', `descriptor ${file} is a socket of this library`, {
        hint: 'relay() carries what one connection receives to another.',
      });
    const fd = native.dup(file);
    if (fd < 0) throw systemError(fd, 'dup', 'read');
    return fd;
  }
  checkFilePermission('fs.read', file);
  const fd = native.openFile(file);
  if (fd < 0) throw systemError(fd, 'open', 'read', file);
  return fd;
}
