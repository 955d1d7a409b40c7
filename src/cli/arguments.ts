// Owns the words of the command line: what may stand there and what it means. It must not know what is done with it.

// parseArgs of node:util: every Node that we support has it, it is strict about what it does not know, and three
// commands with four options are not worth a dependency.
import { parseArgs } from 'node:util';
import type { Duration } from '../contract/mode.js';

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
}

export interface ListenCommand extends PipeOptions {
  readonly name: 'listen';
  readonly target: string;
  readonly echo: boolean;
  readonly keep: boolean;
}

export type Command = ConnectCommand | ListenCommand | { readonly name: 'tour' | 'help' | 'version' };

/** The command line does not mean anything. */
export class UsageError extends Error {}

export const usage = `Usage: berkeley [COMMAND]

  connect TARGET   joins standard input and output to a server
  listen TARGET    takes one connection and does the same; the address that it
                   listens on goes to standard error
  tour             shows and verifies what the library does; it is also what
                   runs without a command

  --timeout D      longest wait for the connection, and longest silence on it:
                   500ms, 1.5s, 2m
  --crlf           line ends of the input go out as CR LF
  --echo           listen: send back what comes
  --keep           listen: go on with the next connection
  --help, --version

TARGET is HOST:PORT, [IPV6]:PORT, :PORT, unix:PATH, /PATH, unix:@NAME or fd:N.
connect ends its own direction at the end of the input, and ends with the peer.
Exit codes: 0 done, 1 the connection failed, 2 wrong usage.
`;

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
  const { values, positionals } = parse(words, pipeFlags);
  if (values.help === true) return { name: 'help' };
  return { name: 'connect', target: oneTarget('connect', positionals), ...pipeOptions(values) };
}

function parseListen(words: string[]): Command {
  const { values, positionals } = parse(words, { ...pipeFlags, echo: { type: 'boolean' }, keep: { type: 'boolean' } });
  if (values.help === true) return { name: 'help' };
  const { echo = false, keep = false } = values;
  if (echo === true && values.crlf === true) throw new UsageError('--crlf is for the input, and --echo reads none');
  return {
    name: 'listen',
    target: oneTarget('listen', positionals),
    echo: echo === true,
    keep: keep === true,
    ...pipeOptions(values),
  };
}

type Flags = Record<string, { type: 'boolean' | 'string' }>;
type Values = Record<string, string | boolean | undefined>;

function parse(args: string[], flags: Flags): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options: { help: { type: 'boolean', short: 'h' }, ...flags }, allowPositionals: true });
  } catch (error) {
    // Its second sentence is advice about `--`, which is of no use for what people mistype here.
    const [first = ''] = (error as Error).message.split('. ', 1);
    throw new UsageError(first.charAt(0).toLowerCase() + first.slice(1));
  }
}

function oneTarget(name: string, positionals: string[]): string {
  const [target, more] = positionals;
  if (target === undefined)
    throw new UsageError(`${name} needs a TARGET, such as ${name === 'connect' ? 'example.org:80' : ':8080'}`);
  if (more !== undefined) throw new UsageError(`${name} takes one TARGET, and '${more}' is a second one`);
  return target;
}

function pipeOptions(values: Values): PipeOptions {
  return { timeout: duration(values.timeout), crlf: values.crlf === true };
}

// A number without a unit would mean milliseconds to the library and seconds to everybody who knows nc, so it is refused.
function duration(text: string | boolean | undefined): Duration | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^\d+(\.\d+)?(ms|s|m|h)$/.test(text) || Number.parseFloat(text) === 0) {
    throw new UsageError(`--timeout takes a time above 0 with its unit, such as 500ms, 1.5s or 2m, and not '${text}'`);
  }
  return text as Duration;
}

const pipeFlags: Flags = { timeout: { type: 'string' }, crlf: { type: 'boolean' } };
