// Owns every option of a socket as something to show: what it is, and its value or the code of the error. It must not know
// where the socket comes from, or write anything.

import { constants, options, type Mode, type Socket, type SocketOption } from '../promises/index.js';
import { SocketError } from '../error/socket-error.js';

/** One option. It has a value, an error, or (one that can only be set) neither. */
export interface OptionLine {
  readonly level: string;
  readonly name: string;
  readonly direction: string;
  readonly unit: string | null;
  readonly manual: string | null;
  readonly value?: unknown;
  readonly error?: string;
}

type Look = (option: SocketOption<unknown>) => Socket<Mode> | null;

/** All options, in the order of the table; `socketFor` says where each is looked at. */
export function optionLines(socketFor: Look): OptionLine[] {
  return (Object.values(options) as SocketOption<unknown>[]).map((option) => {
    const { levelName = '', label: name, direction = 'both', unit = null, manual = null } = option;
    return { level: levelName, name, direction, unit, manual, ...read(socketFor(option), option) };
  });
}

function read(socket: Socket<Mode> | null, option: SocketOption<unknown>): { value?: unknown; error?: string } {
  if (option.name < 0) return { error: 'ERR_UNSUPPORTED_OPTION' };
  // A read of this one makes a new descriptor.
  if (option.direction === 'set' || option.label === 'SO_PEERPIDFD') return {};
  if (socket === null) return { error: 'EAFNOSUPPORT' };
  try {
    return { value: plain(socket.getOption(option)) };
  } catch (error) {
    if (error instanceof SocketError) return { error: error.code };
    throw error;
  }
}

/** The value as JSON can have it: bytes in hexadecimal, large numbers as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** A table: a heading for each level, and a line for each option. */
export function optionTable(lines: readonly OptionLine[], width: number): string {
  const name = Math.max(...lines.map((line) => line.name.length));
  const unit = Math.max(...lines.map((line) => line.unit?.length ?? 0));
  let text = '';
  let level = '';
  for (const line of lines) {
    if (line.level !== level) {
      text += `${level === '' ? '' : '\n'}${line.level}\n`;
      level = line.level;
    }
    const facts = [
      `  ${line.name.padEnd(name)}`,
      line.direction.padEnd(4),
      (line.unit ?? '').padEnd(unit),
      (line.manual ?? '').padEnd(9),
      shown(line),
    ];
    text += `${clipped(facts.join('  ').trimEnd(), width)}\n`;
  }
  return text;
}

/** How a value reads in a line. Errors stand in brackets. */
export function shown({ value, error, unit }: OptionLine): string {
  if (error !== undefined) return `[${error}]`;
  if (value === undefined) return '';
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === '') return "''";
  if (typeof value === 'number') return named(value, unit) ?? String(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(' ') || 'none';
  return Object.entries(value as Record<string, unknown>)
    .filter(([key]) => key !== 'raw')
    .map(([key, part]) => `${key}=${String(part)}`)
    .join(' ');
}

/** `2 AF_INET`, where the unit is a family of constants that just one of has this number. */
function named(value: number, unit: string | null): string | null {
  if (unit === null || !/^(AF|SOCK|IPPROTO)_\*$/.test(unit)) return null;
  const prefix = unit.slice(0, -1);
  const found = Object.keys(constants).find((key) => key.startsWith(prefix) && constants[key] === value);
  return found === undefined ? null : `${value} ${found}`;
}

function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
