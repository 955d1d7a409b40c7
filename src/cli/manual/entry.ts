// Owns what the manual says of a flag and of a command: the one source of parsing, --help, the man page and completion. It must
// not know any of these.

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What its value is called; a flag without one takes none. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** All values that there are. */
  readonly choices?: readonly string[];
  /** What the shell can offer for its value. */
  readonly offers?: 'files' | 'interfaces';
  readonly words: string;
}

export interface Entry {
  readonly name: string;
  /** As they stand in the usage: `'TARGET'`. */
  readonly operands: string;
  /** All values of the operand that there are. */
  readonly choices?: readonly string[];
  /** One sentence without its full stop, for the list of commands. */
  readonly summary: string;
  /** What is to be known besides. */
  readonly paragraphs: readonly string[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
}

/** The form in which parseArgs of node:util wants flags. */
export type ParseFlags = Record<string, { type: 'boolean' | 'string'; multiple?: boolean; short?: string }>;

export function parseFlags(flags: readonly Flag[]): ParseFlags {
  return Object.fromEntries(
    flags.map(({ name, short, value, multiple }) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        ...(multiple === undefined ? {} : { multiple }),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
}

/** `'--ca FILE'`, `'-c, --count N'` */
export function spelling({ name, short, value }: Flag): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}
