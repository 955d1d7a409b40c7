// Owns what `berkeley bench` was told: what its words mean together. It must not know how anything is measured.

import type { Duration } from '../../contract/mode.js';
import * as flags from '../manual/flags.js';
import { clientTls, firstOf, type ClientTls, type Values } from '../tls-flags.js';
import { UsageError } from '../usage.js';

export interface BenchCommand {
  readonly name: 'bench';
  /** Null: a comparison on this machine. */
  readonly target: string | null;
  readonly tls: ClientTls | null;
  readonly timeout: Duration;
  readonly load: Load;
  readonly json: boolean;
}

/** What is sent, and when that ends. */
export interface Load {
  readonly connections: number;
  /** Bytes of a message. */
  readonly size: number;
  /** Infinity unless told. */
  readonly count: number;
  /** In milliseconds. */
  readonly duration: number;
}

export function benchCommand(positionals: string[], timeout: Duration | undefined, values: Values): BenchCommand {
  const [target, more] = positionals;
  if (more !== undefined) throw new UsageError(`bench takes one TARGET, and '${more}' is a second one`);
  const tlsFlags = [flags.sni, flags.ca, flags.pin, flags.insecure];
  const first = firstOf([flags.tls, ...tlsFlags], values);
  if (target === undefined && first !== null) throw new UsageError(`--${first} is about a TARGET, which is missing`);
  const tls = values['tls'] === true;
  const about = firstOf(tlsFlags, values);
  if (!tls && about !== null) throw new UsageError(`--${about} is about TLS: --tls is missing`);
  if (tls && target?.startsWith('udp:') === true)
    throw new UsageError('--tls is for streams, and udp:// for datagrams');
  const size = whole('size', values, 64, 1, 64 * 1024 * 1024);
  if (target?.startsWith('udp:') === true && size > 65_507)
    throw new UsageError('--size: a datagram has at most 65507 bytes');
  return {
    name: 'bench',
    target: target ?? null,
    tls: tls ? clientTls(values) : null,
    timeout: timeout ?? '10s',
    load: {
      connections: whole('connections', values, 1, 1, 10_000),
      size,
      count: whole('count', values, Infinity, 1, 1e12),
      duration: duration(values['duration'], target === undefined ? 1000 : 3000),
    },
    json: values['json'] === true,
  };
}

function whole(flag: string, values: Values, usual: number, least: number, most: number): number {
  const text = values[flag];
  if (text === undefined) return usual;
  const number = /^\d{1,13}$/.test(String(text)) ? Number(text) : NaN;
  if (!(number >= least && number <= most))
    throw new UsageError(`--${flag} takes a number from ${least} to ${most}, and not '${String(text)}'`);
  return number;
}

function duration(text: Values[string], usual: number): number {
  if (text === undefined) return usual;
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(text)) ?? [];
  const ms = Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 's'];
  if (!(ms > 0 && ms <= 86_400_000))
    throw new UsageError(
      `--duration takes a time above 0 with its unit, such as 500ms or 10s, and not '${String(text)}'`,
    );
  return ms;
}
