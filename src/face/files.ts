// Owns the reading of the arguments of what sends files.

import type { FilePart, FileSource } from '../contract/file.js';
import type { Op } from '../contract/mode.js';
import { SendFile } from '../core/file/send-file.js';
import { SourceFile } from '../core/file/source-file.js';
import { WriteFile } from '../core/file/write-file.js';
import type { Handle } from '../core/handle.js';
import type { Stream } from '../core/stream.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';

export type FileOp = Op & FilePart;

export function writeFile(stream: Stream, file: FileSource, o: FileOp | undefined): WriteFile {
  const { name, offset, length } = checked(file, o);
  stream.check('write');
  return new WriteFile(stream, new SourceFile(name, offset), length);
}

export function sendFile(handle: Handle, file: FileSource, o: FileOp | undefined): SendFile {
  const { name, offset, length } = checked(file, o);
  handle.check('write');
  return new SendFile(handle, new SourceFile(name, offset), length);
}

function checked(file: FileSource, o: FileOp | undefined) {
  const name = nameOf(file);
  const offset = o?.offset === undefined ? undefined : wholeNumber('offset', o.offset, 0);
  const length = o?.length === undefined ? Infinity : wholeNumber('length', o.length, 0);
  return { name, offset, length };
}

/** A path or a descriptor. */
function nameOf(file: unknown): string | number {
  if (typeof file === 'string') {
    if (file === '') throw invalidValue('file', 'must not be an empty path', file);
    if (file.includes('\0')) throw invalidValue('file', 'must not contain a NUL', file);
    return file;
  }
  const fd: unknown = typeof file === 'object' && file !== null && 'fd' in file ? file.fd : file;
  if (typeof fd !== 'number') throw invalidType('file', 'a path, a descriptor, or an object with `fd`', file);
  return wholeNumber('file', fd, 0, 0x7fffffff);
}
