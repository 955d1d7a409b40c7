// Owns addresses of vsock sockets (vsock(7)): sockaddr_vm ↔ parts, and the names of the context ids that are fixed.

import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { copyOf, littleEndian, viewOf, writeFamily } from './sockaddr-bytes.js';
import type { AddressParts } from './socket-address.js';

// struct sockaddr_vm: family, reserved, port, cid, flags and zeros.
const size = 16;
const portAt = 4;
const cidAt = 8;
/** VMADDR_CID_ANY and VMADDR_PORT_ANY. */
const any = 0xffff_ffff;

const names = new Map<string, number>([
  ['any', any],
  ['hypervisor', 0],
  ['local', 1],
  ['host', 2],
]);

export function encodeVsock({ address, port = any }: AddressParts, family: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  writeFamily(bytes, family);
  view.setUint32(portAt, port, littleEndian);
  view.setUint32(cidAt, names.get(address) ?? Number(address), littleEndian);
  return bytes;
}

/** Null when the bytes are too few. */
export function decodeVsock(bytes: Uint8Array, end: number): AddressParts | null {
  if (end < size) return null;
  const view = viewOf(bytes);
  const cid = view.getUint32(cidAt, littleEndian);
  return {
    family: 'vsock',
    address: cid === any ? 'any' : String(cid),
    port: view.getUint32(portAt, littleEndian),
    raw: copyOf(bytes, end),
  };
}

/** `host` is a context id, or the name of one; 'any' unless told. Without a port the kernel chooses one. */
export function parseVsock(argument: string, host: unknown, port: unknown): AddressParts {
  const number = port === undefined ? any : wholeNumber(`${argument}.port`, port, 0, any);
  if (host === undefined) return { family: 'vsock', address: 'any', port: number };
  if (typeof host !== 'string') throw invalidType(`${argument}.host`, 'a context id as a string', host);
  const cid = names.get(host) ?? (/^\d{1,10}$/.test(host) ? Number(host) : NaN);
  if (!(cid <= any))
    throw invalidValue(`${argument}.host`, `must be a context id, or one of ${[...names.keys()].join(', ')}`, host);
  return { family: 'vsock', address: cid === any ? 'any' : String(cid), port: number };
}

/** 'vsock:2:1024'. */
export function formatVsock({ address, port = any }: AddressParts): string {
  return `vsock:${address}:${port === any ? 'any' : port}`;
}
