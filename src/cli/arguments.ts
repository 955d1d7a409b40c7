// Owns the words of the command line: which command they are for and what they mean together. It must not know what is done
// with it; which flags there are says the table (manual/commands.ts).

// parseArgs of node:util: every Node that we support has it, it is strict about what it does not know, and some
// commands with a handful of options are not worth a dependency.
import { parseArgs } from 'node:util';
import type { Duration } from '../contract/mode.js';
import { clientTls, firstOf, serverTls, type ClientTls, type ServerTls, type Values } from './tls-flags.js';
import { benchCommand, type BenchCommand } from './bench/command.js';
import { certCommand, type CertCommand } from './cert/command.js';
import { dnsCommand, type DnsCommand } from './dns/command.js';
import { pingCommand, type PingCommand } from './ping/command.js';
import { relayCommand, type RelayCommand } from './relay/command.js';
import { udpCommand, type UdpCommand } from './udp/command.js';
import type { OptionsCommand } from './options.js';
import { commands, entryOf, shells } from './manual/commands.js';
import { parseFlags } from './manual/entry.js';
import * as flags from './manual/flags.js';
import { suggestion } from './manual/suggest.js';
import { UsageError } from './usage.js';

/** What `connect` and `listen` have in common. */
export interface PipeOptions {
  readonly json: boolean;
  /** The display of progress was asked for. */
  readonly progress: boolean;
  /** The longest wait for the connection, and the longest silence on it. */
  readonly timeout: Duration | undefined;
  /** Line ends of the input go out as CR LF. */
  readonly crlf: boolean;
}

export interface ConnectCommand extends PipeOptions {
  readonly name: 'connect';
  readonly target: string;
  readonly tls: ClientTls | null;
  readonly explain: boolean;
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
  readonly explain: boolean;
  readonly json: boolean;
}

export interface DoctorCommand {
  readonly name: 'doctor';
  readonly json: boolean;
}

export interface CompletionCommand {
  readonly name: 'completion';
  readonly shell: (typeof shells)[number];
}

export interface TourCommand {
  readonly name: 'tour';
  readonly json: boolean;
}

/** `of` is the command to explain, null for all of them. */
export interface HelpCommand {
  readonly name: 'help';
  readonly of: string | null;
}

export type Command =
  | ConnectCommand
  | ListenCommand
  | RelayCommand
  | TlsCommand
  | DnsCommand
  | CertCommand
  | BenchCommand
  | PingCommand
  | UdpCommand
  | DoctorCommand
  | OptionsCommand
  | CompletionCommand
  | TourCommand
  | HelpCommand
  | { readonly name: 'version' };

export function parseCommand(words: string[]): Command {
  const [name, ...rest] = words;
  switch (name) {
    case undefined:
      return { name: 'tour', json: false };
    case '--help':
    case '-h':
      return { name: 'help', of: null };
    case 'help':
      return parseHelp(rest);
    case '--version':
    case '-v':
      return { name: 'version' };
    default: {
      // Of its own: 'toString' is no command.
      const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
      if (parser === undefined) throw new UsageError(`there is no ${unknown(name)}`);
      const { values, positionals } = parse(name, rest);
      return values['help'] === true ? { name: 'help', of: name } : parser(positionals, values);
    }
  }
}

type Parser = (positionals: string[], values: Values) => Command;

const parsers: Readonly<Record<string, Parser | undefined>> = {
  connect: connectCommand,
  listen: listenCommand,
  relay: (positionals, values) => relayCommand(positionals, duration(values['timeout']), values),
  tls: tlsCommand,
  udp: (positionals, values) => udpCommand(oneOperand('udp', positionals), duration(values['timeout']), values),
  dns: (positionals, values) => dnsCommand(oneOperand('dns', positionals), duration(values['timeout']), values),
  ping: (positionals, values) => pingCommand(oneOperand('ping', positionals), values),
  options: optionsCommand,
  bench: (positionals, values) => benchCommand(positionals, duration(values['timeout']), values),
  cert: (positionals, values) => certCommand(positionals, duration(values['timeout']), values),
  doctor: (positionals, values) => ({ name: 'doctor', ...none('doctor', positionals), json: values['json'] === true }),
  tour: (positionals, values) => ({ name: 'tour', ...none('tour', positionals), json: values['json'] === true }),
  completion: completionCommand,
};

function connectCommand(positionals: string[], values: Values): ConnectCommand {
  const { tls = false, starttls } = values;
  const first = firstOf(flags.clientTls, values);
  const wanted = tls === true || starttls !== undefined;
  if (!wanted && first !== null) throw new UsageError(`--${first} is about TLS: --tls or --starttls is missing`);
  const target = oneOperand('connect', positionals);
  noScheme(target, starttls);
  return {
    name: 'connect',
    target,
    tls: wanted ? clientTls(values) : null,
    explain: values['explain'] === true,
    ...pipeOptions(values),
  };
}

function tlsCommand(positionals: string[], values: Values): TlsCommand {
  const target = oneOperand('tls', positionals);
  noScheme(target, values['starttls']);
  return {
    name: 'tls',
    // The library would shake hands by itself for this scheme.
    target: target.replace(/^tls:/, 'tcp:'),
    timeout: duration(values['timeout']) ?? '10s',
    tls: clientTls(values),
    explain: values['explain'] === true,
    json: values['json'] === true,
  };
}

function optionsCommand(positionals: string[], values: Values): OptionsCommand {
  const list = values['list'] === true;
  if (list && positionals.length > 0) throw new UsageError('options takes a TARGET or --list');
  return {
    name: 'options',
    target: list ? null : oneOperand('options', positionals),
    timeout: duration(values['timeout']) ?? '10s',
    json: values['json'] === true,
  };
}

function listenCommand(positionals: string[], values: Values): ListenCommand {
  const { echo = false, keep = false, tls = false } = values;
  const first = firstOf(flags.serverTls, values);
  if (tls !== true && first !== null) throw new UsageError(`--${first} is about TLS: --tls is missing`);
  if (echo === true && values['crlf'] === true) throw new UsageError('--crlf is for the input, and --echo reads none');
  return {
    name: 'listen',
    target: oneOperand('listen', positionals),
    echo: echo === true,
    keep: keep === true,
    tls: tls === true ? serverTls(values) : null,
    ...pipeOptions(values),
  };
}

function completionCommand(positionals: string[]): CompletionCommand {
  const shell = shells.find((one) => one === positionals[0]);
  if (shell === undefined || positionals.length > 1)
    throw new UsageError(`completion takes the name of a shell: ${shells.join(', ')}`);
  return { name: 'completion', shell };
}

function parseHelp([of, ...more]: string[]): HelpCommand {
  if (of === undefined) return { name: 'help', of: null };
  if (!commands.some(({ name }) => name === of)) throw new UsageError(`there is no ${unknown(of)}`);
  if (more.length > 0) throw new UsageError('help takes one command');
  return { name: 'help', of };
}

function parse(name: string, args: string[]): { values: Values; positionals: string[] } {
  const own = entryOf(name).flags;
  const options = { ...parseFlags(own), help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Its second sentence is advice about `--`, which is of no use for what people mistype here.
    const [first = ''] = (error as Error).message.split('. ', 1);
    const [, typed = ''] = /^Unknown option '--(.*)'$/.exec(first) ?? [];
    throw new UsageError(
      first.charAt(0).toLowerCase() +
        first.slice(1) +
        meant(
          typed,
          own.map((flag) => flag.name),
          '--',
        ),
    );
  }
}

/** `command 'conect': did you mean 'connect'?` */
function unknown(word: string): string {
  if (word.startsWith('-')) return `option '${word}'${meant(word.slice(2), ['help', 'version'], '--')}`;
  return `command '${word}'${meant(word, [...commands.map(({ name }) => name), 'help'], '')}`;
}

function meant(typed: string, words: readonly string[], before: string): string {
  const found = typed === '' ? null : suggestion(typed, words);
  return found === null ? '' : `: did you mean '${before}${found}'?`;
}

function oneOperand(name: keyof typeof examples, positionals: string[]): string {
  const [target, more] = positionals;
  const { operands } = entryOf(name);
  if (target === undefined) throw new UsageError(`${name} needs a ${operands}, such as ${examples[name]}`);
  if (more !== undefined) throw new UsageError(`${name} takes one ${operands}, and '${more}' is a second one`);
  return target;
}

function none(name: string, positionals: string[]): object {
  if (positionals.length > 0) throw new UsageError(`${name} takes no arguments`);
  return {};
}

function noScheme(target: string, starttls: Values[string]): void {
  if (starttls !== undefined && target.startsWith('tls:'))
    throw new UsageError(`--starttls begins in plain text, and ${target} with TLS`);
}

function pipeOptions(values: Values): PipeOptions {
  return {
    timeout: duration(values['timeout']),
    crlf: values['crlf'] === true,
    json: values['json'] === true,
    progress: values['progress'] === true,
  };
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
  dns: 'example.org',
} as const;
