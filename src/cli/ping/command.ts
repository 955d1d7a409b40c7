// Owns what `berkeley ping` was told: what its words mean. It must not know what is done with it.

import { UsageError } from '../usage.js';
import type { Values } from '../tls-flags.js';

export interface PingCommand {
  readonly name: 'ping';
  readonly target: string;
  /** Infinity unless told. */
  readonly count: number;
  /** From one request to the next, in ms. */
  readonly interval: number;
  /** The longest wait for a reply, in ms. */
  readonly wait: number;
  readonly family: 'ipv4' | 'ipv6' | undefined;
  readonly json: boolean;
}

export function pingCommand(target: string, values: Values): PingCommand {
  const { count, ipv4 = false, ipv6 = false } = values;
  if (ipv4 === true && ipv6 === true) throw new UsageError('-4 and -6 exclude each other');
  if (typeof count === 'string' && !/^[1-9]\d{0,8}$/.test(count))
    throw new UsageError(`-c takes a number of requests, and not '${count}'`);
  return {
    name: 'ping',
    target,
    count: typeof count === 'string' ? Number(count) : Infinity,
    interval: seconds('-i', values['interval'], 1000),
    wait: seconds('-W', values['wait'], 2000),
    family: ipv4 === true ? 'ipv4' : ipv6 === true ? 'ipv6' : undefined,
    json: values['json'] === true,
  };
}

/** Seconds, as everybody who knows ping(8) writes them, or a number with its unit, as everywhere else in this command; in ms. */
function seconds(flag: string, text: Values[string], usual: number): number {
  if (typeof text !== 'string') return usual;
  const [, number, unit = 's'] = /^(\d{1,6}(?:\.\d+)?|\.\d+)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(number) * { ms: 1, s: 1000, m: 60_000 }[unit as 's'];
  // No faster than a flood that nobody meant: ping(8) reserves less than 2 ms for root.
  if (!(ms >= 2)) throw new UsageError(`${flag} takes seconds from 0.002 on, such as 0.2 or 1, and not '${text}'`);
  return ms;
}
