// Owns what a host may look like: an IPv4 address, an IPv6 address with or without a zone, or a name. Looks nothing up.

import { domainToASCII } from 'node:url';
import { invalidType, invalidValue } from '../error/invalid.js';
import { formatIpv6, parseIpv4, parseIpv6 } from './ip.js';
import { plainZone, zoneProblem } from './zone.js';

export type Host =
  | { readonly kind: 'ipv4'; readonly address: string }
  | { readonly kind: 'ipv6'; readonly address: string; readonly scope?: string }
  | { readonly kind: 'name'; readonly name: string };

const longestName = 253;
const longestLabel = 63;

/** Tells addresses from names, and refuses what is neither. Takes no brackets. */
export function parseHost(argument: string, text: string): Host {
  if (typeof text !== 'string') throw invalidType(argument, 'a host name or an IP address', text);
  if (text === '') throw invalidValue(argument, 'must not be an empty host', text);
  if (text.includes(':')) return parseIpv6Host(argument, text);
  // A blank or a control character must not reach the mapping to ASCII, which drops some of them, nor may what it would
  // read as the syntax of a URL. A lone dot is an empty name.
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\s\x00-\x1f\x7f-\x9f/\\?#@%[\]<>^|]/.test(text)) {
    throw invalidValue(argument, 'is no host: it holds a character that no host name has', text);
  }
  // eslint-disable-next-line no-control-regex -- ASCII is what it says
  return parseAscii(argument, /^[\x00-\x7f]*$/.test(text) ? text : toAscii(argument, text), text);
}

function parseIpv6Host(argument: string, text: string): Host {
  const percent = text.indexOf('%');
  const bytes = parseIpv6(percent === -1 ? text : text.slice(0, percent));
  if (bytes === null) {
    const hint = text.indexOf(':') === text.lastIndexOf(':') ? ' (a port does not belong here)' : '';
    throw invalidValue(argument, `is no host: it has a colon and is not an IPv6 address${hint}`, text);
  }
  const address = formatIpv6(bytes);
  if (percent === -1) return { kind: 'ipv6', address };
  const zone = text.slice(percent + 1);
  const problem = zoneProblem(zone);
  if (problem !== null) throw invalidValue(argument, problem, text);
  const scope = plainZone(zone);
  return scope === undefined ? { kind: 'ipv6', address } : { kind: 'ipv6', address, scope };
}

function toAscii(argument: string, text: string): string {
  // domainToASCII is the host parser of URLs, which reads '127.1' (in full-width digits, say) as 127.0.0.1. A last label
  // of its own keeps it from seeing a number at the end, so that the rules below judge what the text maps to.
  const mapped = domainToASCII(`${text}.x`);
  if (mapped.length <= 2) throw invalidValue(argument, 'is a host name without an ASCII form (UTS 46)', text);
  return mapped.slice(0, -2);
}

function parseAscii(argument: string, ascii: string, text: string): Host {
  if (parseIpv4(ascii) !== null) return { kind: 'ipv4', address: ascii };
  // The trailing dot of an absolute name stays, and counts for nothing.
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  const problem = nameProblem(name);
  if (problem !== null) throw invalidValue(argument, problem, text);
  return { kind: 'name', name: ascii };
}

function nameProblem(name: string): string | null {
  if (name.length > longestName) return `is a host name of more than ${longestName} characters`;
  const labels = name.split('.');
  for (const label of labels) {
    if (label === '') return 'is a host name with an empty label';
    if (label.length > longestLabel) return `is a host name with a label of more than ${longestLabel} characters`;
    // RFC 1123 §2.1, and "_", which service names and many hosts have.
    if (!/^[a-z0-9_-]+$/i.test(label)) return 'is no host: it holds a character that no host name has';
  }
  // inet_aton(3) reads 127.1, 0x7f.1 and 2130706433 as addresses, and no top-level domain is a number (RFC 3696 §2).
  if (/^([0-9]+|0x[0-9a-f]*)$/i.test(labels.at(-1)!)) {
    return 'is an old IPv4 spelling: write four decimal numbers from 0 to 255 without leading zeros';
  }
  return null;
}
