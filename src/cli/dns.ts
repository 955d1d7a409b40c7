// Owns `berkeley dns`: whom it asks, and how the answers look. It must not know the bytes of a question.

import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Address } from '../contract/address.js';
import { lookup, reverse } from '../promises/index.js';
import { ask, type Asked } from './dns/ask.js';
import type { DnsCommand } from './dns/command.js';
import { typeName } from './dns/record.js';
import { rounded } from './ping/statistics.js';
import { visible, visibleJson } from './visible.js';

/** The exit code: 1 where there is no such record, 3 where the server knows no such name, or does not say. */
export async function runDns(command: DnsCommand): Promise<number> {
  return command.query === null ? byTheMachine(command) : byQuestion(command, command.query);
}

/** As every connect of the library does it. */
async function byTheMachine({ host, timeout, json }: DnsCommand): Promise<number> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const begun = performance.now();
  const numeric = isIP(bare.replace(/%.*/, '')) !== 0;
  const addresses = numeric ? [] : await lookup(bare, 0, { timeout, canonicalName: true });
  const names = numeric ? [await reverse(isIP(bare) === 4 ? `${bare}:0` : `[${bare}]:0`, { timeout })] : [];
  const milliseconds = rounded(performance.now() - begun);
  const found = addresses.map(({ address, scope }) => (scope ? `${address}%${scope}` : address));
  print(
    json
      ? [visibleJson({ name: host, addresses: found, names, milliseconds })]
      : [...found, ...names].map((line) => visible(line)),
  );
  return 0;
}

async function byQuestion(
  { host, timeout, json }: DnsCommand,
  query: NonNullable<DnsCommand['query']>,
): Promise<number> {
  const until = performance.now() + milliseconds(timeout);
  const server = await serverOf(query.server, timeout);
  const name = isIP(host) === 0 ? host : arpa(host);
  const types = name === host ? query.types : [12];
  let found = 0;
  let status = 0;
  for (const type of types) {
    const asked = await ask(server, name, type, query.tcp, until);
    found += asked.records.length;
    status = Math.max(status, asked.status);
    print(json ? [object(name, type, server, asked)] : lines(name, type, asked));
  }
  if (status !== 0) return 3;
  return found > 0 ? 0 : 1;
}

function object(name: string, type: number, server: Address, asked: Asked): string {
  return visibleJson({
    name,
    type: typeName(type),
    server: server.toString(),
    by: asked.by,
    status: statusWord(asked.status),
    authoritative: asked.authoritative,
    milliseconds: asked.milliseconds,
    records: asked.records.map((record) => ({ ...record, type: typeName(record.type) })),
  });
}

/** As dig(1) has them, without its comments. */
function lines(name: string, type: number, { records, status }: Asked): string[] {
  if (records.length === 0) {
    const why = status === 0 ? 'no such record' : statusWord(status);
    process.stderr.write(`berkeley: ${visible(name)} ${typeName(type)}: ${why}\n`);
  }
  return records.map((record) => visible(`${record.name} ${record.ttl} ${typeName(record.type)} ${record.data}`));
}

async function serverOf(given: string | null, timeout: DnsCommand['timeout']): Promise<Address> {
  const text = given ?? (await configured());
  const [, host, port] = /^(?:\[?([^[\]]*:[^[\]]*:[^[\]]*|[^:[\]]+)\]?)(?::(\d+))?$/.exec(text) ?? [];
  const [first] = await lookup(host ?? text, port ?? 53, { timeout });
  return first!;
}

/** resolv.conf(5). */
async function configured(): Promise<string> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const [, server = '127.0.0.1'] = /^\s*nameserver\s+(\S+)/m.exec(text) ?? [];
  return server.includes(':') ? `[${server}]` : server;
}

/** RFC 1035 §3.5, RFC 3596 §2.5. */
function arpa(host: string): string {
  if (isIP(host) === 4) return `${host.split('.').reverse().join('.')}.in-addr.arpa`;
  const [head = '', tail = ''] = host.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const middle = host.includes('::') ? 8 - groups(head).length - groups(tail).length : 0;
  const all = [...groups(head), ...Array<string>(middle).fill('0'), ...groups(tail)];
  const digits = Array.from(all.map((group) => group.padStart(4, '0')).join(''));
  return `${digits.reverse().join('.')}.ip6.arpa`;
}

function statusWord(status: number): string {
  return ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'][status] ?? `RCODE${status}`;
}

function milliseconds(duration: DnsCommand['timeout']): number {
  const [, number = '0', unit = 'ms'] = /^([\d.]+)(ms|s|m|h)$/.exec(String(duration)) ?? [];
  return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 's'];
}

function print(texts: readonly string[]): void {
  if (texts.length > 0) process.stdout.write(`${texts.join('\n')}\n`);
}
