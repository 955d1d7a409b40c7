// Owns the objects that the functions return and what they take. Atoms are strings: `:ok` is 'ok'. It must not know how they come about.

/** A socket as programs hold it. Only `id` counts, from 0 in each thread; an object of this form that is made by hand works. */
export interface SocketHandle {
  readonly type: 'socket';
  readonly id: number;
}

/** What `connect` and `startTLS` return. */
export interface Ok {
  readonly type: 'ok';
  readonly socket: SocketHandle;
  /** The other end, `ip:port`. */
  readonly remote: string;
  /** Our end, `ip:port`. */
  readonly local: string;
  readonly tls: boolean;
}

/** The operating system, the name service, or TLS refused; `error` says what and why. */
export interface Failure {
  readonly type: 'error';
  readonly error: string;
}

export interface Sent {
  readonly type: 'sent';
  readonly bytes: number;
}

/** A string with one character per byte. */
export interface Data {
  readonly type: 'data';
  readonly data: string;
}

export interface Closed {
  readonly type: 'closed';
}

/** A connection that a listener has accepted. */
export interface ConnectEvent {
  readonly type: 'connect';
  readonly socket: SocketHandle;
  readonly remote: string;
  readonly local: string;
  readonly tls: boolean;
}

export interface Options {
  /** TLS from the start. */
  readonly tls?: boolean | null | undefined;
  /** `startTLS`: our end is the server. */
  readonly server?: boolean | null | undefined;
  /** The name to send and to check the certificate against; the host that was connected to unless told. */
  readonly serverName?: string | null | undefined;
  /** Accept any certificate. */
  readonly insecureSkipVerify?: boolean | null | undefined;
  /** Our certificate, PEM with its chain: the server's, or what a client shows a server that asks. */
  readonly certFile?: string | null | undefined;
  readonly keyFile?: string | null | undefined;
}

export type Callback<A> = (answer: A) => void;
