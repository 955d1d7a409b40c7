// Owns the way from the compiled tests (build/test/tls) to the files of the core that they test: the types come from the
// sources, the code from compiled/, which no path that is right for both could name.

import assert from 'node:assert/strict';
import { SocketError, TlsError } from 'berkeley';
import type * as Key from '../../src/core/tls/key.js';
import type * as Material from '../../src/core/tls/material.js';
import type * as Pem from '../../src/core/tls/pem.js';
import type * as Plan from '../../src/core/tls/plan.js';
import type * as Defaults from '../../src/core/tls/defaults.js';
import type * as ServerName from '../../src/core/tls/server-name.js';
import type * as Session from '../../src/core/tls/session.js';
import type * as KeyLog from '../../src/core/tls/key-log.js';
import type * as Trust from '../../src/core/tls/trust.js';
import type * as Pins from '../../src/core/tls/pins.js';
import type * as Alpn from '../../src/core/tls/alpn.js';
import type * as LoadTls from '../../src/native/load-tls.js';

export type { SessionPlan } from '../../src/core/tls/session-plan.js';

export const { privateKeyOf } = (await load('core/tls/key')) as typeof Key;
export const { materialOf } = (await load('core/tls/material')) as typeof Material;
export const { certificatesOf, crlsOf } = (await load('core/tls/pem')) as typeof Pem;
export const { clientPlan, serverPlan, updateServerPlan } = (await load('core/tls/plan')) as typeof Plan;
export const { setTlsDefaults } = (await load('core/tls/defaults')) as typeof Defaults;
export const { nameThatCame, serverIdentity } = (await load('core/tls/server-name')) as typeof ServerName;
export const { openSession, wrapSession } = (await load('core/tls/session')) as typeof Session;
export const { keyLogOf } = (await load('core/tls/key-log')) as typeof KeyLog;
export const { trustOf } = (await load('core/tls/trust')) as typeof Trust;
export const { parsePins } = (await load('core/tls/pins')) as typeof Pins;
export const { parseAlpn } = (await load('core/tls/alpn')) as typeof Alpn;
/** Both colours over the very modules above: what is shipped has its own, and so its own defaults. */
export const promises = (await load('promises/index')) as typeof import('berkeley');
export const sync = (await load('sync/index')) as typeof import('berkeley/sync');
export const { loadTls } = (await load('native/load-tls')) as typeof LoadTls;

export const plan = new URL('../../../compiled/core/tls/plan.js', import.meta.url).href;

/** The error of a call that must fail for what it was given: with the code, and in words that hold `says`. */
export function refused(call: () => unknown, code: string, says: RegExp | string = /./): SocketError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof SocketError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.phase, 'config');
    assert.equal(error.address, undefined);
    if (typeof says === 'string') assert.ok(error.message.includes(says), error.message);
    else assert.match(error.message, says);
    assert.equal(error instanceof TlsError, code.startsWith('ERR_TLS_'));
    return error;
  }
  assert.fail(`it should have failed with ${code}`);
}

/** What an error of misuse looks like: its class, Node's code, and the argument in the message. */
export function misuse(name: 'TypeError' | 'RangeError', argument: string, says: RegExp = /./) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, name, error.message);
    assert.match((error as NodeJS.ErrnoException).code ?? '', /^ERR_INVALID_ARG_(TYPE|VALUE)$/);
    assert.ok(error.message.includes(`"${argument}"`), `${argument}: ${error.message}`);
    assert.match(error.message, says);
    return true;
  };
}

function load(file: string): Promise<unknown> {
  return import(new URL(`../../../compiled/${file}.js`, import.meta.url).href);
}
