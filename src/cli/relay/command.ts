// Owns the words of `berkeley relay`: what they mean together. It must not know what a relay does.

import type { Duration } from '../../contract/mode.js';
import type { Flag } from '../manual/entry.js';
import * as flags from '../manual/flags.js';
import { clientTls, firstOf, serverTls, type ClientTls, type ServerTls, type Values } from '../tls-flags.js';
import { UsageError } from '../usage.js';

export interface RelayCommand {
  readonly name: 'relay';
  readonly listen: string;
  readonly target: string;
  readonly json: boolean;
  /** For the connection to the target, and for handshakes. */
  readonly timeout: Duration | undefined;
  /** TLS with the clients. */
  readonly tls: ServerTls | null;
  /** TLS with the target. */
  readonly connectTls: ClientTls | null;
}

/** Both ends may have TLS here: a certificate is ours as the server, authorities and names are about the target. */
const clientFlags = [flags.cert, flags.key];
const targetFlags = [flags.ca, flags.sni, flags.pin, flags.insecure];

export function relayCommand(words: string[], timeout: Duration | undefined, values: Values): RelayCommand {
  const [listen, target, more] = words;
  if (listen === undefined || target === undefined)
    throw new UsageError('relay needs an address to listen on and a TARGET, such as :8080 example.org:80');
  if (more !== undefined) throw new UsageError(`relay takes two addresses, and '${more}' is a third one`);
  return {
    name: 'relay',
    listen,
    target,
    json: values['json'] === true,
    timeout,
    tls: part(values, 'tls', clientFlags) ? serverTls(only(values, clientFlags)) : null,
    connectTls: part(values, 'tls-connect', targetFlags) ? clientTls(only(values, targetFlags)) : null,
  };
}

/** Whether TLS is wanted; its options mean nothing without it. */
function part(values: Values, flag: 'tls' | 'tls-connect', own: readonly Flag[]): boolean {
  const wanted = values[flag] === true;
  const first = firstOf(own, values);
  if (!wanted && first !== null) throw new UsageError(`--${first} is about TLS: --${flag} is missing`);
  return wanted;
}

function only(values: Values, own: readonly Flag[]): Values {
  return Object.fromEntries(own.map(({ name }) => [name, values[name]]));
}
