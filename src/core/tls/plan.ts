// Owns the way from TlsOptions to all that a session needs. Everything that can be wrong with keys, files and settings is
// found here, before anything connects or listens. It must not know sockets.

import type { TlsOptions } from '../../contract/tls.js';
import { durationOf } from '../../error/duration.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import { tlsRefusal } from '../../error/make.js';
import { loadTls } from '../../native/load-tls.js';
import type { SessionSettings } from '../../native/tls-binding.js';
import { parseAlpn } from './alpn.js';
import { contextOf } from './context.js';
import { withDefaults } from './defaults.js';
import { digestBytes } from './digest.js';
import { identityOf } from './identity.js';
import { keyLogOf, type KeyLog } from './key-log.js';
import { checkNested, mergeOptions } from './options.js';
import { parsePins } from './pins.js';
import { namePattern, nameThatCame, serverIdentity, wildcardOf } from './server-name.js';
import { openSession, wrapSession } from './session.js';
import type { SessionPlan } from './session-plan.js';
import { trustOf, type Trust } from './trust.js';

/**
 * For a connection to `host`, which is null where there is none: a Unix socket.
 * @throws TypeError, RangeError, TlsError, or SocketError with the errno of a file
 */
export function clientPlan(given: TlsOptions, host: string | null): SessionPlan {
  const o = withDefaults(given);
  const { verify = true } = o;
  const name = serverIdentity(host, o.serverName);
  if (verify === true && name.checked === null && o.serverName !== false)
    throw tlsRefusal('ERR_TLS_SERVER_NAME', 'there is no name to check the certificate against', {
      hint: 'Give `serverName`: the name in the certificate, or false for any name.',
    });
  const trust = trustOf('tls', o.ca, o.crl);
  const identity = identityOf('tls', o);
  const context = contextOf({ server: false, options: o, identity, trust, sessionIdContext: none, asksName: false });
  const { pins, allowTruncation, handshakeTimeout, keylog } = sharedPlan(o);
  // After the context, because that may have read the files again.
  const { ocsp = 'off' } = o;
  const staple = ocsp === 'require' ? ocsp : null;
  const binding = [name.sni, name.checked, trustKey(o, trust), identity?.key ?? null, staple];
  const wanted = { binding, mustBeAuthorized: verify === true };
  const earlier = o.session === undefined ? null : openSession('tls.session', o.session, wanted);
  const settings: SessionSettings = {
    server: false,
    sni: name.sni,
    checkHost: name.checkHost,
    checkIp: name.checkIp,
    enforce: verify !== false,
    asksVerdict: typeof verify === 'function' || pins.length > 0,
    alpn: o.alpn === undefined ? null : parseAlpn('tls.alpn', o.alpn),
    session: earlier?.der ?? null,
    ocsp: ocspModes[ocsp],
    keylog: keylog !== null,
  };
  return {
    server: false,
    context,
    settings,
    verify,
    pins,
    checked: name.checked,
    allowTruncation,
    handshakeTimeout,
    keylog,
    asksClient: false,
    planFor: itself,
    wrapSession(session, { authorized, resumed, until }) {
      // A resumption shows one certificate of the chain.
      const soonest = resumed ? Math.min(until, earlier?.until ?? until) : until;
      return wrapSession(session, authorized, soonest, binding);
    },
  };
}

/**
 * For a listener, and for the server's side of startTls.
 * @throws TypeError, RangeError, TlsError, or SocketError with the errno of a file
 */
export function serverPlan(given: TlsOptions): SessionPlan {
  const o = withDefaults(given);
  checkServer('tls', o, given);
  const { sni, ...own } = o;
  if (sni === undefined) return planOf('tls', own, null);
  const named = typeof sni === 'function' ? byFunction(sni, own) : byTable(sni, own);
  return planOf('tls', own, named);
}

/** Other options for the same listener: clients of the old may resume with the new. */
export function updateServerPlan(old: SessionPlan, given: TlsOptions): SessionPlan {
  const plan = serverPlan(given);
  if (plan.context !== old.context) loadTls().contextShareTickets(old.context, plan.context);
  return plan;
}

const none = new Uint8Array(0);
const itself = (): null => null;
const ocspModes = { off: 0, request: 1, require: 2 } as const;
const HANDSHAKE_MS = 30_000;

/** What a name leads to; null for the listener's own. */
type Named = (name: string) => SessionPlan | null;

function planOf(path: string, o: TlsOptions, named: Named | null): SessionPlan {
  const identity = identityOf(path, o);
  if (identity === null && named === null)
    throw tlsRefusal('ERR_TLS_NO_CERTIFICATE', `${path}: a server needs a certificate and its key`, {
      hint: 'Give `cert` and `key`, or `pfx`.',
    });
  const asksClient = (o.clientCert ?? 'none') !== 'none';
  const trust = asksClient ? trustOf(path, o.ca, o.crl) : null;
  const recipe = { server: true, options: o, identity, trust, asksName: named !== null };
  // What decides about clients, and not our certificate: with a new one they may still resume.
  const sessionIdContext = digestBytes('clients', o.clientCert ?? 'none', trust === null ? '' : trustKey(o, trust));
  const context = contextOf({ ...recipe, sessionIdContext });
  const { verify = true } = o;
  const { pins, allowTruncation, handshakeTimeout, keylog } = sharedPlan(o);
  const own = identity !== null;
  return {
    server: true,
    context,
    verify,
    pins,
    allowTruncation,
    handshakeTimeout,
    keylog,
    settings: {
      ...serverSettings,
      enforce: verify !== false || named !== null,
      // Which options hold is known when the name is.
      asksVerdict: typeof verify === 'function' || pins.length > 0 || named !== null,
      keylog: keylog !== null,
    },
    checked: null,
    asksClient,
    planFor(sent) {
      const name = nameThatCame(sent);
      return (name === null ? null : named?.(name)) ?? (own ? null : false);
    },
    wrapSession: (session, { authorized, until }) => wrapSession(session, authorized, until, ['server']),
  };
}

const serverSettings = {
  server: true,
  sni: null,
  checkHost: null,
  checkIp: null,
  alpn: null,
  session: null,
  ocsp: ocspModes.off,
} as const;

function byTable(table: Readonly<Record<string, TlsOptions>>, own: TlsOptions): Named {
  const plans = new Map<string, SessionPlan>();
  for (const [key, options] of Object.entries(table)) {
    const path = `tls.sni['${key}']`;
    plans.set(namePattern(path, key), nestedPlan(path, own, options));
  }
  return (name) => plans.get(name) ?? plans.get(wildcardOf(name)) ?? null;
}

function byFunction(choose: (name: string) => TlsOptions | undefined, own: TlsOptions): Named {
  return (name) => {
    const options: unknown = choose(name);
    if (options === undefined) return null;
    const path = `tls.sni('${name}')`;
    // There is nobody who could wait in the middle of a handshake.
    if (typeof options === 'object' && options !== null && 'then' in options)
      throw invalidType(path, 'options or undefined, and no promise', options);
    checkNested(path, options);
    return nestedPlan(path, own, options);
  };
}

/** What a name does not say is as for the listener: who requires certificates of clients does so under every name. */
function nestedPlan(path: string, own: TlsOptions, options: TlsOptions): SessionPlan {
  const merged = mergeOptions(own, options);
  checkNested(path, merged);
  checkServer(path, merged, options);
  return planOf(path, merged, null);
}

/** Whoever says how clients are checked must ask them for a certificate. */
function checkServer(path: string, o: TlsOptions, given: TlsOptions): void {
  if ((o.clientCert ?? 'none') !== 'none') return;
  const idle = `does nothing while ${path}.clientCert is 'none': 'require' asks clients for a certificate`;
  if (typeof given.verify === 'function') throw invalidValue(`${path}.verify`, idle, given.verify);
  if (given.pins !== undefined) throw invalidValue(`${path}.pins`, idle, given.pins);
}

interface Shared {
  readonly pins: readonly Buffer[];
  readonly allowTruncation: boolean;
  readonly handshakeTimeout: number;
  readonly keylog: KeyLog | null;
}

function sharedPlan(o: TlsOptions): Shared {
  return {
    pins: o.pins === undefined ? [] : parsePins('tls.pins', o.pins),
    allowTruncation: o.allowTruncation ?? false,
    handshakeTimeout:
      o.handshakeTimeout === undefined ? HANDSHAKE_MS : durationOf('tls.handshakeTimeout', o.handshakeTimeout),
    keylog: keyLogOf(o.keylog),
  };
}

/** What decides about a peer's certificate. A session that was made under another rule is not taken up. */
function trustKey(o: TlsOptions, trust: Trust): string {
  const { verify = true, pins = [] } = o;
  return [trust.key, typeof verify === 'function' ? functionKey(verify) : String(verify), ...pins].join('\n');
}

const functionKeys = new WeakMap<object, string>();
let functions = 0;

/** A function is equal to itself, in this process and environment. */
function functionKey(verify: object): string {
  let key = functionKeys.get(verify);
  if (key === undefined) functionKeys.set(verify, (key = `${process.pid} ${performance.timeOrigin} ${functions++}`));
  return key;
}
