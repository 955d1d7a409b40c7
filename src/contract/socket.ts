// The BSD layer: one method, one system call.

import type { Address, Family, Kind, Target } from './address.js';
import type { FilePart, FileSource } from './file.js';
import type { Datagram, Message, PeerCred } from './message.js';
import type { Data, Duration, Mode, Op, R } from './mode.js';
import type { SocketOption } from './option.js';
import type { TcpInfo } from './tcp-info.js';

/** Which half of a connection is shut down: what we receive, what we send, or both. */
export type Shut = 'rd' | 'wr' | 'rdwr';

/** What to wait for, and what was found, on one descriptor. */
export interface PollEvents {
  /** Data to read, the end of the stream, or a connection to accept (POLLIN). */
  read?: boolean;
  /** Room to write, or a connect that has ended (POLLOUT). */
  write?: boolean;
  /** Urgent data (POLLPRI). */
  priority?: boolean;
  /** An error is pending (POLLERR). Always reported. */
  error?: boolean;
  /** Both directions have ended (POLLHUP). Always reported. */
  hangup?: boolean;
}

/**
 * A socket as the operating system has it. Every method is one system call unless it says otherwise; a transfer may be
 * short. The descriptor is always non-blocking in the kernel and closed on exec; waiting is done by the library.
 *
 * Operations in one direction are served in call order. Every method throws `ClosedError` (`ERR_SOCKET_CLOSED`) once
 * the socket is closed, and `TypeError` or `RangeError` for arguments of the wrong type or range, before any system call.
 */
export interface Socket<M extends Mode> extends Disposable, AsyncDisposable {
  /** The descriptor; -1 once closed or detached. */
  readonly fd: number;
  /** SO_DOMAIN, by name where it has one. */
  readonly family: Family;
  /** SO_TYPE, by name where it has one. */
  readonly kind: Kind;
  /** The protocol number as socket(2) takes it; 0 is the default of family and kind. */
  readonly protocol: number;
  /** What has become of it so far, as far as this object knows. */
  readonly state: 'new' | 'bound' | 'listening' | 'connecting' | 'connected' | 'shutdown' | 'closed';
  /** A limit for each receive and accept that has none of its own; `null` is none. The same thing as SO_RCVTIMEO. */
  receiveTimeout: Duration | null;
  /** A limit for each send that has none of its own; `null` is none. The same thing as SO_SNDTIMEO. */
  sendTimeout: Duration | null;

  /**
   * Gives the socket its local address: bind(2). A host name is looked up first. A Unix path longer than 107 bytes is an
   * error; the file is removed again by `close`, if it is still the same file.
   *
   * @throws SocketError `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`; phase `'bind'`
   * @example await socket.bind('127.0.0.1:0', { reuseAddress: true });
   */
  bind(at: Target, o?: { reuseAddress?: boolean; reusePort?: boolean; mode?: number }): R<M, this>;
  /**
   * Makes the socket accept connections: listen(2). `backlog` is the length of the kernel's queue; SOMAXCONN unless told.
   *
   * @example
   * await socket.bind('127.0.0.1:0');
   * socket.listen(128);
   */
  listen(backlog?: number): this;
  /**
   * Connects: connect(2), then the wait for its end and SO_ERROR. A host name is looked up first and its first address
   * taken; `connect` of the entry point races them all. When the limit is spent the state stays `'connecting'`, and
   * calling again goes on.
   *
   * @throws TimeoutError when the limit is spent; RangeError for a limit of 0; SocketError `ECONNREFUSED` and others
   * @example
   * await socket.connect('127.0.0.1:6379', { timeout: '2s' });
   */
  connect(to: Target, o?: Op): R<M, void>;
  /**
   * Takes the next connection out of the kernel's queue: accept4(2).
   *
   * @throws TimeoutError when the limit is spent; SocketError `EINVAL` when it does not listen, `EMFILE`, `ENFILE`
   * @example
   * using accepted = await socket.accept({ timeout: '30s' });
   */
  accept(o?: Op): R<M, Socket<M>>;
  /**
   * Like `accept`, but waits only so long (0 unless told) and answers `null` when none came.
   *
   * @throws as `accept`, but for the limit
   * @example
   * for (let next; (next = await socket.tryAccept()) !== null; ) next.close();
   */
  tryAccept(wait?: Duration, o?: { signal?: AbortSignal }): R<M, Socket<M> | null>;
  /**
   * Receives what is there, at most `max` bytes (64 KiB unless told): recv(2). `null` is the end of a stream.
   * With MSG_WAITALL it waits for all `max` bytes, as on a blocking descriptor, and returns what it has when a limit ends it.
   *
   * @throws TimeoutError when the limit is spent; SocketError `ENOTCONN`, `ECONNRESET`
   * @example const peeked = await socket.recv(16, { flags: constants.MSG_PEEK! });
   */
  recv(max?: number, o?: Op & { flags?: number }): R<M, Buffer | null>;
  /**
   * Receives into `buffer`: recv(2). Returns the number of bytes; 0 is the end of a stream.
   *
   * @throws as `recv`
   * @example
   * const n = await socket.recvInto(buffer, { timeout: '5s' });
   */
  recvInto(buffer: Uint8Array, o?: Op & { flags?: number }): R<M, number>;
  /**
   * Receives one message with its sender: recvmsg(2). A message longer than `max` bytes (64 KiB unless told) is cut off, and
   * says so: `truncated`. `null` is the end of a stream or seqpacket.
   *
   * @throws TimeoutError when the limit is spent; SocketError `ECONNREFUSED` on a connected datagram socket, once
   * @example const datagram = await socket.recvFrom(); console.log(`${datagram?.from}`);
   */
  recvFrom(max?: number, o?: Op & { flags?: number }): R<M, Datagram | null>;
  /**
   * The same with control messages: recvmsg(2). `size` is the room for data (64 KiB unless told), `control` that for
   * control messages (4 KiB unless told), in bytes. What comes is the options' matter: see Meta.
   *
   * @example const { fds } = (await socket.recvMsg())!.meta;
   */
  recvMsg(o?: Op & { size?: number; control?: number; flags?: number }): R<M, Datagram | null>;
  /**
   * Receives what has arrived, at least one message and at most `max`: recvmmsg(2). `size` is the room for each one's data (64 KiB
   * unless told). An empty array is the end of a stream or seqpacket.
   *
   * @example for (const { data, from } of await socket.recvMany(64)) await socket.sendTo(data, from);
   */
  recvMany(max: number, o?: Op & { size?: number }): R<M, Datagram[]>;
  /**
   * Sends as much as the kernel takes: send(2). Returns the number of bytes, which may be fewer than given.
   *
   * @throws SocketError `EPIPE` (there is never a SIGPIPE), `ENOTCONN`
   * @example
   * const n = await socket.send(buffer); // perhaps fewer than buffer.length
   */
  send(data: Data, o?: Op & { flags?: number }): R<M, number>;
  /**
   * Sends everything: send(2) or sendmsg(2) as often as needed.
   *
   * @throws TimeoutError with `bytesDone`
   * @example
   * await socket.sendAll(['head', buffer], { timeout: '10s' });
   */
  sendAll(data: Data | Data[], o?: Op & { flags?: number }): R<M, number>;
  /**
   * Sends one message to an address: sendmsg(2). A host name is looked up first, and its first address taken.
   *
   * @throws SocketError `EMSGSIZE` when the message is too long, `ECONNREFUSED`, `ENOENT` …; the socket stays usable
   * @example await socket.sendTo('hello', '127.0.0.1:9');
   */
  sendTo(data: Data, to: Target, o?: Op & { flags?: number }): R<M, number>;
  /**
   * Sends one message with control messages: sendmsg(2). Several pieces of data go out as one message. Returns the number of bytes,
   * of which only a stream may take fewer than there are.
   *
   * @throws TypeError for what the socket's family cannot carry, for descriptors without a byte of data on a stream
   * @example await socket.sendMsg({ data: 'take this', meta: { fds: [0, 1] } });
   */
  sendMsg(message: Message, o?: Op & { flags?: number }): R<M, number>;
  /**
   * Sends several messages: sendmmsg(2) as often as needed, waiting for room. Returns how many were sent: all, or those before one
   * that failed, as the system call does; the error comes when that message is the first of a call. A limit that is spent
   * likewise ends it after those that were sent.
   *
   * @example await socket.sendMany([{ data: 'one' }, { data: 'two', to: '127.0.0.1:9' }]);
   */
  sendMany(messages: Message[], o?: Op): R<M, number>;
  /**
   * Sends as much of a file as the kernel takes, at most 2 MiB: sendfile(2). Returns the number of bytes, which may be fewer than
   * asked for; 0 is the end of the file. `writeFile` of a connection sends all of it. A file that sendfile(2) cannot take, as under
   * /proc, is read with pread(2) and sent.
   *
   * @throws SocketError `ENOENT`, `EACCES`, `EISDIR` with phase `'read'`; `EINVAL` for a pipe, terminal or socket; `EPIPE`, `ENOTCONN`
   * @example
   * for (let at = 0, n; (n = await socket.sendFile('film.mp4', { offset: at })) > 0; ) at += n;
   */
  sendFile(file: FileSource, o?: Op & FilePart): R<M, number>;
  /** Waits until one of the events is there: poll(2). `null` when the limit is spent. Consumes nothing. @example if (await socket.poll({ read: true }, { timeout: 100 })) await socket.recv(); */
  poll(events: PollEvents, o?: Op): R<M, PollEvents | null>;

  /**
   * Reads an option by its token: getsockopt(2).
   *
   * @throws SocketError `ENOPROTOOPT`, `EOPNOTSUPP`, `ERR_UNSUPPORTED_OPTION`
   * @example
   * const { rtt } = socket.getOption(options.TCP_INFO); // microseconds
   */
  getOption<T>(option: SocketOption<T>): T;
  /** Sets an option by its token: setsockopt(2). @example socket.setOption(options.SO_KEEPALIVE, true); */
  setOption<T>(option: SocketOption<T>, value: NoInfer<T>): this;
  /**
   * Reads any option as a C int, or as up to `length` bytes: getsockopt(2). The numbers are in `constants`.
   *
   * @throws SocketError `ENOPROTOOPT`, `EOPNOTSUPP`
   * @example
   * const ttl = socket.getsockopt(constants.IPPROTO_IP!, constants.IP_TTL!);
   */
  getsockopt(level: number, name: number): number;
  getsockopt(level: number, name: number, length: number): Buffer;
  /**
   * Sets any option to a C int or to bytes; `null` passes a NULL pointer with `length`: setsockopt(2).
   *
   * @throws SocketError `ENOPROTOOPT`, `EINVAL`, `EPERM`, as the kernel says
   * @example
   * socket.setsockopt(constants.IPPROTO_IP!, constants.IP_TTL!, 4);
   */
  setsockopt(level: number, name: number, value: number | Uint8Array | null, length?: number): this;
  /** The local address: getsockname(2). */
  getsockname(): Address;
  /** The peer's address: getpeername(2). @throws SocketError `ENOTCONN` */
  getpeername(): Address;
  /**
   * Who connected the other end of a Unix socket, or made the pair: getsockopt(2) with SO_PEERCRED, as it was then. `pid` is
   * absent when the process is in a namespace that we do not see: unix(7).
   *
   * @throws SocketError `ERR_SOCKET_STATE` where there is no such peer: other families, sockets that are not connected
   * @example if (socket.getpeercred().uid !== process.getuid?.()) socket.close();
   */
  getpeercred(): PeerCred;
  /**
   * What the kernel knows of a TCP connection: getsockopt(2) with TCP_INFO. Times are microseconds: tcp(7).
   *
   * @throws SocketError `ENOPROTOOPT` or `EOPNOTSUPP` on what is no TCP socket
   * @example console.log(socket.tcpInfo().state, socket.tcpInfo().rtt);
   */
  tcpInfo(): TcpInfo;
  /**
   * Bytes that wait in the kernel's two queues: ioctl(2) with SIOCINQ and SIOCOUTQ, as the kernel counts them. `in` is what
   * can be received: of a stream all of it, of a datagram socket the next datagram (0 also for an empty one). `out` is on
   * TCP what the peer has not acknowledged: tcp(7); on other sockets the memory of what has not left, which is more than the
   * bytes: udp(7), unix(7).
   *
   * @throws SocketError `EINVAL` on a listening socket, `ENOTTY` or `EOPNOTSUPP` on families that do not count
   * @example
   * const unsent = socket.queued().out;
   */
  queued(): { in: number; out: number };

  /**
   * Ends one half or both of a connection: shutdown(2).
   *
   * @throws SocketError `ENOTCONN`
   * @example
   * socket.shutdown('wr'); // the peer reads the end
   */
  shutdown(how: Shut): this;
  /**
   * A second descriptor for the same open socket: fcntl(2) with F_DUPFD_CLOEXEC. The connection ends when both are closed.
   *
   * @throws SocketError `EMFILE`
   * @example
   * const copy = socket.dup();
   * socket.close(); // the connection lives on in the copy
   */
  dup(): Socket<M>;
  /**
   * Gives the descriptor up without closing it and returns it, in blocking mode (or the mode it was adopted in). Adopt
   * it in a worker, or hand it to other code. @throws SocketError `ERR_BUSY` while calls wait, `ERR_BUFFERED_DATA` when bytes were already read into the buffer
   */
  detach(): number;
  /**
   * Whether child processes get the descriptor: fcntl(2) with FD_CLOEXEC. An inheritable socket is put into blocking mode, because O_NONBLOCK would be the child's too.
   *
   * @example
   * const { fd } = socket.setInheritable(true); // for stdio of child_process.spawn
   */
  setInheritable(on: boolean): this;
  /** Closes the socket: close(2). Waiting calls end with `ERR_SOCKET_CLOSED`. Twice is allowed. With SO_LINGER above 0 the blocking colour waits for the send queue, at most so long. */
  close(): void;
}
