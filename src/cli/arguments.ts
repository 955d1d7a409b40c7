// Owns the words of the command line: what may stand there and what it means. It must not know what is done with it.

// parseArgs of node:util: every Node that we support has it, it is strict about what it does not know, and some
// commands with a handful of options are not worth a dependency.
import { parseArgs } from 'node:util';
import type { Duration } from '../contract/mode.js';
import {
  clientTls,
  clientTlsFlags,
  firstOf,
  serverTls,
  serverTlsFlags,
  type ClientTls,
  type Flags,
  type ServerTls,
  type Values,
} from './tls-flags.js';
import { pingCommand, pingFlags, type PingCommand } from './ping/command.js';
import { relayCommand, relayFlags, type RelayCommand } from './relay/command.js';
import { udpCommand, udpFlags, type UdpCommand } from './udp/command.js';
import type { OptionsCommand } from './options.js';
import { UsageError } from './usage.js';

/** What `connect` and `listen` have in common. */
export interface PipeOptions {
  /** The longest wait for the connection, and the longest silence on it. */
  readonly timeout: Duration | undefined;
  /** Line ends of the input go out as CR LF. */
  readonly crlf: boolean;
}

export interface ConnectCommand extends PipeOptions {
  readonly name: 'connect';
  readonly target: string;
  readonly tls: ClientTls | null;
}

export interface ListenCommand extends PipeOptions {
  readonly name: 'listen';
  readonly target: string;
  readonly echo: boolean;
  readonly keep: boolean;
  readonly tls: ServerTls | null;
}

export interface TlsCommand {
  readonly name: 'tls';
  readonly target: string;
  /** For the connection and for the handshake. */
  readonly timeout: Duration;
  readonly tls: ClientTls;
  readonly json: boolean;
}

export interface DoctorCommand {
  readonly name: 'doctor';
  readonly json: boolean;
}

export type Command =
  | ConnectCommand
  | ListenCommand
  | RelayCommand
  | TlsCommand
  | PingCommand
  | UdpCommand
  | DoctorCommand
  | OptionsCommand
  | { readonly name: 'tour' | 'help' | 'version' };

export function parseCommand(words: string[]): Command {
  const [name, ...rest] = words;
  switch (name) {
    case undefined:
      return { name: 'tour' };
    case '--help':
    case '-h':
    case 'help':
      return { name: 'help' };
    case '--version':
    case '-v':
      return { name: 'version' };
    case 'tour':
      return parseTour(rest);
    case 'connect':
      return parseConnect(rest);
    case 'listen':
      return parseListen(rest);
    case 'relay':
      return parseRelay(rest);
    case 'tls':
      return parseTls(rest);
    case 'udp':
      return parseUdp(rest);
    case 'ping':
      return parsePing(rest);
    case 'options':
      return parseOptions(rest);
    case 'doctor':
      return parseDoctor(rest);
    default:
      throw new UsageError(`there is no ${name.startsWith('-') ? 'option' : 'command'} '${name}'`);
  }
}

function parseTour(words: string[]): Command {
  const { values, positionals } = parse(words, {});
  if (values.help === true) return { name: 'help' };
  if (positionals.length > 0) throw new UsageError('tour takes no arguments');
  return { name: 'tour' };
}

function parseConnect(words: string[]): Command {
  const { values, positionals } = parse(words, { ...pipeFlags, ...tlsFlag, ...clientTlsFlags });
  if (values.help === true) return { name: 'help' };
  const { tls = false, starttls } = values;
  const first = firstOf(clientTlsFlags, values);
  const wanted = tls === true || starttls !== undefined;
  if (!wanted && first !== null) throw new UsageError(`--${first} is about TLS: --tls or --starttls is missing`);
  const target = oneTarget('connect', positionals);
  noScheme(target, starttls);
  return {
    name: 'connect',
    target,
    tls: wanted ? clientTls(values) : null,
    ...pipeOptions(values),
  };
}

function parseTls(words: string[]): Command {
  const flags: Flags = { timeout: { type: 'string' }, json: { type: 'boolean' }, ...clientTlsFlags };
  const { values, positionals } = parse(words, flags);
  if (values.help === true) return { name: 'help' };
  const target = oneTarget('tls', positionals);
  noScheme(target, values.starttls);
  return {
    name: 'tls',
    // The library would shake hands by itself for this scheme.
    target: target.replace(/^tls:/, 'tcp:'),
    timeout: duration(values.timeout) ?? '10s',
    tls: clientTls(values),
    json: values.json === true,
  };
}

function parseOptions(words: string[]): Command {
  const flags: Flags = { timeout: { type: 'string' }, json: { type: 'boolean' }, list: { type: 'boolean' } };
  const { values, positionals } = parse(words, flags);
  if (values.help === true) return { name: 'help' };
  const list = values.list === true;
  if (list && positionals.length > 0) throw new UsageError('options takes a TARGET or --list');
  return {
    name: 'options',
    target: list ? null : oneTarget('options', positionals),
    timeout: duration(values.timeout) ?? '10s',
    json: values.json === true,
  };
}

function parseListen(words: string[]): Command {
  const own: Flags = { echo: { type: 'boolean' }, keep: { type: 'boolean' } };
  const { values, positionals } = parse(words, { ...pipeFlags, ...own, ...tlsFlag, ...serverTlsFlags });
  if (values.help === true) return { name: 'help' };
  const { echo = false, keep = false, tls = false } = values;
  const first = firstOf(serverTlsFlags, values);
  if (tls !== true && first !== null) throw new UsageError(`--${first} is about TLS: --tls is missing`);
  if (echo === true && values.crlf === true) throw new UsageError('--crlf is for the input, and --echo reads none');
  return {
    name: 'listen',
    target: oneTarget('listen', positionals),
    echo: echo === true,
    keep: keep === true,
    tls: tls === true ? serverTls(values) : null,
    ...pipeOptions(values),
  };
}

function parseRelay(words: string[]): Command {
  const { values, positionals } = parse(words, relayFlags);
  if (values.help === true) return { name: 'help' };
  return relayCommand(positionals, duration(values['timeout']), values);
}

function parseUdp(words: string[]): Command {
  const { values, positionals } = parse(words, udpFlags);
  if (values.help === true) return { name: 'help' };
  return udpCommand(oneTarget('udp', positionals), duration(values['timeout']), values);
}

function parsePing(words: string[]): Command {
  const { values, positionals } = parse(words, pingFlags);
  if (values.help === true) return { name: 'help' };
  return pingCommand(oneTarget('ping', positionals), values);
}

function parseDoctor(words: string[]): Command {
  const { values, positionals } = parse(words, { json: { type: 'boolean' } });
  if (values.help === true) return { name: 'help' };
  if (positionals.length > 0) throw new UsageError('doctor takes no arguments');
  return { name: 'doctor', json: values.json === true };
}

function parse(args: string[], flags: Flags): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options: { help: { type: 'boolean', short: 'h' }, ...flags }, allowPositionals: true });
  } catch (error) {
    // Its second sentence is advice about `--`, which is of no use for what people mistype here.
    const [first = ''] = (error as Error).message.split('. ', 1);
    throw new UsageError(first.charAt(0).toLowerCase() + first.slice(1));
  }
}

function oneTarget(name: keyof typeof examples, positionals: string[]): string {
  const [target, more] = positionals;
  if (target === undefined) throw new UsageError(`${name} needs a TARGET, such as ${examples[name]}`);
  if (more !== undefined) throw new UsageError(`${name} takes one TARGET, and '${more}' is a second one`);
  return target;
}

function noScheme(target: string, starttls: Values[string]): void {
  if (starttls !== undefined && target.startsWith('tls:'))
    throw new UsageError(`--starttls begins in plain text, and ${target} with TLS`);
}

function pipeOptions(values: Values): PipeOptions {
  return { timeout: duration(values.timeout), crlf: values.crlf === true };
}

// A number without a unit would mean milliseconds to the library and seconds to everybody who knows nc, so it is refused.
function duration(text: Values[string]): Duration | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^\d+(\.\d+)?(ms|s|m|h)$/.test(text) || Number.parseFloat(text) === 0) {
    throw new UsageError(`--timeout takes a time above 0 with its unit, such as 500ms, 1.5s or 2m, and not '${text}'`);
  }
  return text as Duration;
}

const examples = {
  connect: 'example.org:80',
  listen: ':8080',
  tls: 'example.org:443',
  udp: 'example.org:53',
  options: 'example.org:80',
  ping: 'example.org',
} as const;

const tlsFlag: Flags = { tls: { type: 'boolean' } };
const pipeFlags: Flags = { timeout: { type: 'string' }, crlf: { type: 'boolean' } };
