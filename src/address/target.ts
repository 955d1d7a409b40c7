// Owns the door for every form of a target; the forms themselves are in target-text.ts and target-object.ts. Does not know
// which schemes or families fit which operation.

import type { Target } from '../contract/address.js';
import { invalidType } from '../error/invalid.js';
import type { Endpoint } from './endpoint.js';
import { parseService } from './service.js';
import { parseTargetObject } from './target-object.js';
import { parseTargetText } from './target-text.js';

export type { Endpoint, InetEndpoint, Scheme } from './endpoint.js';

/** Reads a place to connect or to bind to. Errors of misuse name the argument. */
export function parseTarget(target: unknown, argument = 'target'): Endpoint {
  if (typeof target === 'string') return parseTargetText(argument, target);
  if (typeof target === 'object' && target !== null && !Array.isArray(target))
    return parseTargetObject(argument, target);
  throw invalidType(argument, "a target such as 'host:443', '/run/x.sock' or { host, port }", target);
}

/** Like parseTarget; a number is a port on every local address. */
export function parseListenTarget(target: number | Target, argument = 'target'): Endpoint {
  if (typeof target !== 'number') return parseTarget(target, argument);
  return { kind: 'inet', host: null, service: parseService(argument, target), family: null, scheme: null };
}
