// Owns targets written as text: 'host:443', '[::1]:80', '/run/x.sock', 'unix:…', 'fd:3' and the schemes. Nothing is
// percent-decoded: these are not URLs.

import { invalidValue } from '../error/invalid.js';
import type { Endpoint, InetEndpoint, Scheme } from './endpoint.js';
import { parseHost, type Host } from './host.js';
import { parseService } from './service.js';
import { checkUnixPath } from './unix-path.js';

const largestFd = 0x7fff_ffff;

export function parseTargetText(argument: string, text: string): Endpoint {
  if (text === '') throw invalidValue(argument, "must not be empty; write for example 'host:443'", text);
  if (/^\.{0,2}\//.test(text)) return { kind: 'unix', path: checkUnixPath(argument, text) };
  const url = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (url !== null) return parseWithScheme(argument, text, url[1]!.toLowerCase(), text.slice(url[0].length));
  // A host that is called "unix" or "fd" goes with a scheme, or as an object.
  if (/^unix:/i.test(text)) return { kind: 'unix', path: checkUnixPath(argument, text.slice('unix:'.length)) };
  if (/^fd:/i.test(text)) return parseFd(argument, text);
  return parseHostPort(argument, text, text, null);
}

/** The host of a target, which unlike the host of a lookup may stand in brackets. A bracketed name is IPv6 only. */
export function parseTargetHost(argument: string, text: string): { host: Host; family: 'ipv6' | null } {
  if (!text.startsWith('[') || !text.endsWith(']')) return { host: parseHost(argument, text), family: null };
  const host = parseHost(argument, text.slice(1, -1));
  if (host.kind === 'ipv4') throw invalidValue(argument, 'has an IPv4 address in brackets, which are for IPv6', text);
  return { host, family: host.kind === 'name' ? 'ipv6' : null };
}

/** The error of a target without a port. */
export function missingPort(argument: string, target: unknown): TypeError {
  return invalidValue(argument, "is not complete: missing port; write for example 'localhost:443'", target);
}

function parseWithScheme(argument: string, text: string, scheme: string, rest: string): Endpoint {
  switch (scheme) {
    case 'tcp':
    case 'tls':
    case 'udp':
      return parseHostPort(argument, text, rest, scheme);
    case 'unix':
      if (rest.startsWith('/')) return { kind: 'unix', path: checkUnixPath(argument, rest) };
      throw invalidValue(
        argument,
        "needs an absolute path after 'unix://'; a relative or abstract one takes 'unix:'",
        text,
      );
    default:
      throw invalidValue(argument, "has an unknown scheme; there are 'tcp', 'tls', 'udp' and 'unix'", text);
  }
}

function parseFd(argument: string, text: string): Endpoint {
  const digits = text.slice('fd:'.length);
  const fd = Number(digits);
  if (!/^(0|[1-9][0-9]*)$/.test(digits) || fd > largestFd) {
    throw invalidValue(argument, "needs the number of a descriptor after 'fd:'", text);
  }
  return { kind: 'fd', fd };
}

/** `text` is what the caller wrote, `rest` is the part without a scheme. */
function parseHostPort(argument: string, text: string, rest: string, scheme: Scheme | null): InetEndpoint {
  if (/[/?#@\\]/.test(rest)) {
    throw invalidValue(argument, 'must be a host and a port, without a path, a query or a user name', text);
  }
  const [hostText, serviceText] = split(argument, text, rest);
  if (serviceText === '') throw missingPort(argument, text);
  const { host, family } =
    hostText === '' ? { host: null, family: null } : parseTargetHost(`${argument}.host`, hostText);
  return { kind: 'inet', host, service: parseService(`${argument}.port`, serviceText), family, scheme };
}

/** Host and port; the port is empty when there is none. */
function split(argument: string, text: string, rest: string): [string, string] {
  if (rest.startsWith('[')) {
    const end = rest.lastIndexOf(']');
    if (end === -1) throw invalidValue(argument, 'has a "[" without a "]"', text);
    if (end === rest.length - 1) return [rest, ''];
    if (rest[end + 1] !== ':') throw invalidValue(argument, 'must have ":" and a port behind the "]"', text);
    return [rest.slice(0, end + 1), rest.slice(end + 2)];
  }
  const colon = rest.indexOf(':');
  if (colon === -1) return [rest, ''];
  if (rest.includes(':', colon + 1)) {
    throw invalidValue(argument, "has more than one colon: put an IPv6 address in brackets, as in '[::1]:80'", text);
  }
  return [rest.slice(0, colon), rest.slice(colon + 1)];
}
