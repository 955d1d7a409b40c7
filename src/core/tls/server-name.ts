// Owns names: what a client sends as SNI and checks the certificate against, and what a server makes of a name that
// came. It must not know where the host came from.

import { parseHost } from '../../address/host.js';
import { parseIpv4, parseIpv6 } from '../../address/ip.js';
import { invalidType, invalidValue } from '../../error/invalid.js';

/** How a server is named, in the handshake and in its certificate. */
export interface ServerIdentity {
  /** What goes out; null for nothing. Never an address: RFC 6066 §3. */
  readonly sni: string | null;
  readonly checkHost: string | null;
  /** 4 or 16 bytes. */
  readonly checkIp: Uint8Array | null;
  /** The name or address that is checked, as text; null for none. */
  readonly checked: string | null;
}

/** `serverName` decides, and the host that was connected to where it says nothing. @throws TypeError */
export function serverIdentity(host: string | null, serverName: string | false | undefined): ServerIdentity {
  if (serverName === false) return nobody;
  if (serverName !== undefined) return identityOf('tls.serverName', serverName);
  return host === null ? nobody : identityOf('host', host);
}

/** A key of the options for names: `'a.example'`, `'*.a.example'`, in the form in which names come. @throws TypeError */
export function namePattern(argument: string, key: string): string {
  const isWild = key.startsWith('*.');
  const host = parseHost(argument, isWild ? key.slice(2) : key);
  if (host.kind !== 'name') throw invalidValue(argument, 'must be a name: an address is never sent', key);
  return `${isWild ? '*.' : ''}${plain(host.name)}`;
}

/** The name that a client sent, in the form of our own; null for what is no host name, as an address. */
export function nameThatCame(name: string | null): string | null {
  if (name === null) return null;
  try {
    const host = parseHost('name', name);
    return host.kind === 'name' ? plain(host.name) : null;
  } catch {
    return null;
  }
}

/** The pattern that stands for a name and one label less: RFC 6125 §6.4.3. */
export function wildcardOf(name: string): string {
  return `*${name.slice(name.indexOf('.'))}`;
}

const nobody: ServerIdentity = { sni: null, checkHost: null, checkIp: null, checked: null };

function identityOf(argument: string, text: string): ServerIdentity {
  if (typeof text !== 'string') throw invalidType(argument, 'a host name, an IP address or false', text);
  const host = parseHost(argument, text);
  if (host.kind === 'name') {
    const name = plain(host.name);
    return { sni: name, checkHost: name, checkIp: null, checked: name };
  }
  const { address } = host;
  const checkIp = host.kind === 'ipv4' ? parseIpv4(address) : parseIpv6(address);
  return { sni: null, checkHost: null, checkIp, checked: address };
}

/** Lower case, and without the dot of an absolute name: neither SNI nor certificates have it. */
function plain(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
