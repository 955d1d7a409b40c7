// Owns what `berkeley udp` was told: what its words mean together. It must not know what is done with it.

import type { Duration } from '../../contract/mode.js';
import type { Values } from '../tls-flags.js';
import { UsageError } from '../usage.js';

export interface UdpCommand {
  readonly name: 'udp';
  readonly target: string;
  /** How long answers are waited for after the end of the input; with `listen` the longest silence. */
  readonly timeout: Duration | undefined;
  readonly json: boolean;
  readonly listen: boolean;
  /** With `listen`: what comes goes back. */
  readonly echo: boolean;
  /** The whole input is one datagram, and not each line. */
  readonly whole: boolean;
  readonly broadcast: boolean;
  /** The group to join. */
  readonly multicast: string | undefined;
  /** Where groups are joined, and sent to. */
  readonly interface: string | undefined;
}

export function udpCommand(target: string, timeout: Duration | undefined, values: Values): UdpCommand {
  const { listen, echo, whole, broadcast, multicast } = values;
  if (listen !== true && multicast !== undefined)
    throw new UsageError('--multicast joins a group: --listen is missing; a TARGET may be a group as it is');
  if (listen !== true && echo === true) throw new UsageError('--echo sends back what comes: --listen is missing');
  if (echo === true && whole === true) throw new UsageError('--whole is for the input, and --echo reads none');
  return {
    name: 'udp',
    target,
    timeout,
    json: values['json'] === true,
    listen: listen === true,
    echo: echo === true,
    whole: whole === true,
    broadcast: broadcast === true,
    multicast: text(multicast),
    interface: text(values['interface']),
  };
}

function text(value: Values[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
