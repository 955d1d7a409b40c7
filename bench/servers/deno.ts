// What the benchmark uses of Deno's own sockets, with types. Only programs that Deno runs import it.

export interface DenoConn {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** How many bytes went out. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  /** A connection over TLS has none: it never delays. */
  setNoDelay?(on: boolean): void;
}

export interface DenoListener extends AsyncIterable<DenoConn> {
  readonly addr: { readonly port: number };
}

export interface DenoAddress {
  readonly transport: 'udp';
  readonly hostname: string;
  readonly port: number;
}

export interface DenoDatagramConn extends AsyncIterable<[Uint8Array, DenoAddress]> {
  readonly addr: DenoAddress;
  receive(into?: Uint8Array): Promise<[Uint8Array, DenoAddress]>;
  send(bytes: Uint8Array, to: DenoAddress): Promise<number>;
  close(): void;
}

export interface DenoFile {
  readonly readable: ReadableStream<Uint8Array>;
  close(): void;
}

interface DenoApi {
  listen(options: { hostname: string; port: number }): DenoListener;
  listenTls(options: { hostname: string; port: number; cert: string; key: string }): DenoListener;
  listenDatagram(options: { transport: 'udp'; hostname: string; port: number }): DenoDatagramConn;
  open(path: string): Promise<DenoFile>;
}

export const deno = (globalThis as unknown as { Deno: DenoApi }).Deno;

/** Everything, however many calls that takes. */
export async function writeAll(conn: DenoConn, bytes: Uint8Array): Promise<void> {
  let sent = await conn.write(bytes);
  while (sent < bytes.length) sent += await conn.write(bytes.subarray(sent));
}
