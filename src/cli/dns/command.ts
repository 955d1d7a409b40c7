// Owns what `berkeley dns` was told: what its words mean together. It must not know what is done with it.

import { domainToASCII } from 'node:url';
import type { Duration } from '../../contract/mode.js';
import type { Values } from '../tls-flags.js';
import { UsageError } from '../usage.js';
import { nameBytes } from './name.js';
import { typeNumber } from './record.js';

export interface DnsCommand {
  readonly name: 'dns';
  readonly host: string;
  readonly timeout: Duration;
  readonly json: boolean;
  /** Null: not a question of DNS, but of the machine. */
  readonly query: {
    readonly types: readonly number[];
    /** Null: whom /etc/resolv.conf names. */
    readonly server: string | null;
    readonly tcp: boolean;
  } | null;
}

export function dnsCommand(host: string, timeout: Duration | undefined, values: Values): DnsCommand {
  const { server, tcp } = values;
  const given = Array.isArray(values['type']) ? values['type'].map(String) : [];
  const asks = given.length > 0 || server !== undefined || tcp === true;
  // RFC 5890: what goes to a server is ASCII.
  const ascii = /^[\x20-\x7e]*$/.test(host) ? host : domainToASCII(host);
  if (asks) checkName(ascii);
  return {
    name: 'dns',
    host: asks ? ascii : host,
    timeout: timeout ?? '5s',
    json: values['json'] === true,
    query: asks
      ? {
          types: given.length === 0 ? ['A', 'AAAA'].map(type) : given.flatMap((one) => one.split(',')).map(type),
          server: typeof server === 'string' ? server : null,
          tcp: tcp === true,
        }
      : null,
  };
}

function type(text: string): number {
  const found = typeNumber(text);
  if (found === null) throw new UsageError(`--type takes A, AAAA, MX, TXT ... or a number, and not '${text}'`);
  return found;
}

function checkName(host: string): void {
  try {
    nameBytes(host);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
