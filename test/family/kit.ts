// Owns what the tests of raw, packet, netlink and vsock sockets share: both colours, what this machine must be able to do,
// and ICMP as bytes. It must not know what is tested.

import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

export type Net = typeof promises;
export type AnySocket = promises.Socket<'async'>;

/** `await` works on plain values, so one body with `await` everywhere runs in both colours. */
export const colours: readonly (readonly [string, Net])[] = [
  ['promises', promises],
  ['blocking', sync as unknown as Net],
];

export const limit = { timeout: 5000 };

/** Null when this process may open raw sockets; else why a test is skipped. In the whole check it must be allowed. */
export const mayBeRaw: string | false = capable(13) || process.env['BERKELEY_CI'] === '1' ? false : 'needs CAP_NET_RAW';
export const mayAdministrate: string | false =
  (capable(21) && capable(12)) || process.env['BERKELEY_CI'] === '1' ? false : 'needs CAP_SYS_ADMIN and CAP_NET_ADMIN';

/** The same test in each colour. */
export function inBothColours(
  title: string,
  skip: string | false,
  body: (net: Net, t: TestContext) => Promise<void>,
): void {
  for (const [colour, net] of colours) test(`${title} (${colour})`, { skip, timeout: 20_000 }, (t) => body(net, t));
}

/** What a call failed with, thrown or rejected. */
export async function failure(call: () => unknown): Promise<promises.SocketError> {
  try {
    await call();
  } catch (error) {
    return error as promises.SocketError;
  }
  return assert.fail('the call did not fail');
}

/** A capability of this process, by its number in capabilities(7). */
function capable(number: number): boolean {
  const [, digits] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return ((BigInt(`0x${digits}`) >> BigInt(number)) & 1n) === 1n;
}

/** The flags of an open descriptor of this process, as the kernel keeps them. */
export function flags(fd: number): { nonBlocking: boolean; closeOnExec: boolean } {
  const [, digits] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? [];
  const bits = parseInt(digits!, 8);
  return { nonBlocking: (bits & 0o4000) !== 0, closeOnExec: (bits & 0o2000000) !== 0 };
}

export function isOpen(fd: number): boolean {
  return existsSync(`/proc/self/fd/${fd}`) && readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
}

/** RFC 1071. */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An echo request of ICMP; its checksum is not that of ICMPv6, which the kernel makes. */
export function echoRequest(type: number, id: number, sequence: number, data: string): Buffer {
  const bytes = Buffer.concat([Buffer.from([type, 0, 0, 0]), Buffer.alloc(4), Buffer.from(data)]);
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt16BE(sequence, 6);
  bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}
