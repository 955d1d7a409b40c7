// What the benchmark uses of Bun's own sockets, with types. Only programs that Bun runs import it.

export interface BunSocket<T> {
  data: T;
  /** How many bytes the kernel took; nothing is kept of the others. -1 after the end. */
  write(bytes: Uint8Array | string, offset?: number, length?: number): number;
  end(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): boolean;
}

export interface BunHandlers<T> {
  open?(socket: BunSocket<T>): void;
  data(socket: BunSocket<T>, bytes: Uint8Array): void;
  drain?(socket: BunSocket<T>): void;
  end?(socket: BunSocket<T>): void;
  close?(socket: BunSocket<T>): void;
  error?(socket: BunSocket<T>, error: Error): void;
}

export interface BunUdpSocket {
  readonly port: number;
  /** False when the kernel has no room: `drain` says when it has. */
  send(bytes: Uint8Array, port?: number, address?: string): boolean;
  /** How many were sent. On a socket that is not connected each datagram is followed by its port and address. */
  sendMany(packets: readonly (Uint8Array | number | string)[]): number;
  close(): void;
}

interface BunApi {
  listen<T>(options: {
    hostname: string;
    port: number;
    allowHalfOpen?: boolean;
    tls?: { cert: string; key: string };
    socket: BunHandlers<T>;
  }): { readonly port: number };
  udpSocket(options: {
    hostname?: string;
    port?: number;
    connect?: { hostname: string; port: number };
    socket?: {
      data?(socket: BunUdpSocket, bytes: Uint8Array, port: number, address: string): void;
      drain?(socket: BunUdpSocket): void;
    };
  }): Promise<BunUdpSocket>;
}

export const bun = (globalThis as unknown as { Bun: BunApi }).Bun;
