// Owns llhttp, the strict parser inside of Node, as a second opinion on one head. It must not know what is tested.

/** What a parser makes of a head. */
export interface Opinion {
  readonly first: string;
  readonly headers: readonly string[];
}

interface Parser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: unknown;
}
interface ParserClass {
  new (): Parser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kLenientNone: number;
}

// The same class as that of node:http. Without sockets around it, it reads a hundred thousand heads a second.
const { HTTPParser, methods, allMethods } = (
  process as unknown as { binding(name: string): { HTTPParser: ParserClass; methods: string[]; allMethods?: string[] } }
).binding('http_parser');

/** The methods that it knows; every other one it refuses. */
export const knownMethods: readonly string[] = allMethods ?? methods;

/** Its opinion of a head that these bytes are, or the code of its refusal. */
export function llhttp(bytes: Buffer, isResponse: boolean): Opinion | string {
  const parser = new HTTPParser();
  parser.initialize(isResponse ? HTTPParser.RESPONSE : HTTPParser.REQUEST, {}, 1 << 20, HTTPParser.kLenientNone);
  const raw: string[] = [];
  let first: string | null = null;
  let address = '';
  // With many headers it hands some of them out before the end.
  parser[HTTPParser.kOnHeaders] = (headers: string[], url: string) => {
    raw.push(...headers);
    address += url;
  };
  parser[HTTPParser.kOnHeadersComplete] = (
    major: number,
    minor: number,
    headers: string[] | undefined,
    method: number | undefined,
    url: string | undefined,
    status: number | undefined,
    reason: string | undefined,
  ) => {
    raw.push(...(headers ?? []));
    address += url ?? '';
    first = isResponse
      ? `HTTP/${major}.${minor} ${status!} ${reason!}`
      : `${knownMethods[method!]!} ${address} HTTP/${major}.${minor}`;
    // No body follows here.
    return 2;
  };
  const done = parser.execute(bytes);
  if (first !== null) return { first, headers: raw };
  return done instanceof Error ? (done as NodeJS.ErrnoException).code! : 'HPE_NOT_YET';
}
