// The functions of the native addon, as TypeScript sees them. One function, one system call, unless it says otherwise.
// Every function that returns a number returns n >= 0 or -errno. Nothing here retries, except that a call interrupted
// by a signal before it did anything (EINTR) is repeated; poll() alone reports -EINTR, because its time limit must be
// computed again. Buffers are looked at only during the call.

/** What `lookupTake` gives once a lookup is done. */
export interface LookupAnswer {
  /** 0, or the EAI_* code of getaddrinfo(3) / getnameinfo(3). */
  readonly error: number;
  /** The errno that goes with EAI_SYSTEM, else 0. */
  readonly errno: number;
  /** sockaddr bytes in getaddrinfo's order, duplicates kept; empty for a reverse lookup. */
  readonly addresses: readonly Uint8Array[];
  readonly canonicalName: string | null;
  /** Reverse lookups only. */
  readonly host: string | null;
  readonly service: string | null;
}

export interface Binding {
  /** AF_* SOCK_* IPPROTO_* SO_* SOL_* TCP_* UDP_* IP_* IPV6_* MSG_* SHUT_* SCM_* NI_* AI_* EAI_* POLL* EPOLL* SOMAXCONN IOV_MAX … of this system's headers. A name that the platform lacks is absent. */
  readonly constants: Readonly<Record<string, number>>;
  /** Every E* name of errno.h; aliases (EWOULDBLOCK) included. */
  readonly errnos: Readonly<Record<string, number>>;

  // ---- descriptors. What socket, socketpair, accept, dup and own return or take belongs to this environment until
  // close or disown; what is left when the environment ends is closed by native code.
  /** socket(2) with SOCK_CLOEXEC and SOCK_NONBLOCK. */
  socket(domain: number, type: number, protocol: number): number;
  /** socketpair(2), likewise; the two descriptors go to out[0] and out[1]. */
  socketpair(domain: number, type: number, protocol: number, out: Int32Array): number;
  /** accept4(2) with SOCK_CLOEXEC | SOCK_NONBLOCK. `peer` is at least 132 bytes: the sockaddr at 0, its length as a native uint32 at 128. */
  accept(fd: number, peer: Uint8Array): number;
  /** fcntl(F_DUPFD_CLOEXEC). */
  dup(fd: number): number;
  /** Takes a descriptor from outside: sets FD_CLOEXEC and O_NONBLOCK. Returns 1 if O_NONBLOCK was set before, else 0; -EEXIST if any environment of this process owns it already; -EBADF. */
  own(fd: number): number;
  /** Gives a descriptor up without closing it: 0, or -EBADF if it is not ours. */
  disown(fd: number): number;
  /** disown + close(2); EINTR counts as closed. */
  close(fd: number): number;
  /** fcntl(F_SETFL): `on` clears O_NONBLOCK. */
  setBlocking(fd: number, on: boolean): number;
  /** fcntl(F_SETFD): sets or clears FD_CLOEXEC. */
  setCloexec(fd: number, on: boolean): number;

  bind(fd: number, address: Uint8Array): number;
  connect(fd: number, address: Uint8Array): number;
  listen(fd: number, backlog: number): number;
  shutdown(fd: number, how: number): number;
  /** The length of the sockaddr written to `address` (at least 128 bytes). */
  getsockname(fd: number, address: Uint8Array): number;
  getpeername(fd: number, address: Uint8Array): number;

  // ---- transfer. -EFAULT when offset + length lies outside the buffer.
  recv(fd: number, buffer: Uint8Array, offset: number, length: number, flags: number): number;
  send(fd: number, buffer: Uint8Array, offset: number, length: number, flags: number): number;
  /** sendmsg(2) of at most IOV_MAX buffers from buffers[first] on, whose first `offset` bytes are left out. */
  sendv(fd: number, buffers: readonly Uint8Array[], first: number, offset: number, flags: number): number;
  /** Remembers this environment's slab, so that recvSlab and sendSlab need no buffer argument. Kept alive until replaced. */
  setSlab(slab: Uint8Array): void;
  recvSlab(fd: number, offset: number, length: number, flags: number): number;
  sendSlab(fd: number, offset: number, length: number, flags: number): number;

  // ---- messages: data with a name and control messages around it. Always MSG_DONTWAIT; receiving MSG_CMSG_CLOEXEC, sending
  // MSG_NOSIGNAL. What comes with a message goes into a slot of `room`: four native int32 [length of the data, of the name, of
  // the control messages, flags], 128 bytes for the name, then `control` bytes for the control messages. Descriptors that arrive
  // (SCM_RIGHTS, SCM_PIDFD) belong to this environment until close or disown.
  /** recvmsg(2) into a part of `buffer`; `room` is one slot. */
  recvmsg(
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    room: Uint8Array,
    control: number,
    flags: number,
  ): number;
  /** The same into the slab. */
  recvmsgSlab(fd: number, offset: number, length: number, room: Uint8Array, control: number, flags: number): number;
  /** recvmmsg(2) of at most 256 messages: message i goes to memory[i * stride] with at most `length` bytes, and to slot i. Returns how many came. */
  recvmmsg(
    fd: number,
    memory: Uint8Array,
    length: number,
    stride: number,
    count: number,
    room: Uint8Array,
    control: number,
    flags: number,
  ): number;
  /** No system call: copies the data of `count` messages that recvmmsg received, from the `first` on, one after the other to `target`. `slot` is from one slot to the next. Returns how many bytes. */
  gather(
    memory: Uint8Array,
    stride: number,
    room: Uint8Array,
    slot: number,
    first: number,
    count: number,
    target: Uint8Array,
  ): number;
  /** sendmsg(2) of one piece, or of at most IOV_MAX; sendto(2) where that says the same. */
  sendmsg(
    fd: number,
    data: Uint8Array | readonly Uint8Array[],
    name: Uint8Array | null,
    control: Uint8Array | null,
    flags: number,
  ): number;
  /**
   * sendmmsg(2) of at most 256 messages from row `first` on. A row of the table is [offset, length, offset of the name, its
   * length, offset of the control messages, their length] in the arena; a negative first offset is `pieces[-1 - offset]`
   * in its place. Returns how many were sent.
   */
  sendmmsg(
    fd: number,
    arena: Uint8Array,
    table: Int32Array,
    first: number,
    count: number,
    pieces: readonly Uint8Array[],
    flags: number,
  ): number;

  // ---- files and pipes. What openFile and pipe make belongs to this environment, as what socket makes does. SIGPIPE is
  // held back from sendfile and splice, which have no MSG_NOSIGNAL.
  /** open(2) with O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY. The path must hold no NUL. */
  openFile(path: string): number;
  /** fstat(2): the S_IFMT part of the mode. */
  fileType(fd: number): number;
  /** fstat(2): the size in bytes. */
  fileSize(fd: number): number;
  /** lseek(2): the new position. */
  seek(fd: number, offset: number, whence: number): number;
  /** pread(2), or read(2) for a negative position. */
  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  /** sendfile(2) from a position; the file's own does not move. */
  sendfile(socket: number, file: number, position: number, length: number): number;
  /** pipe2(2) with O_CLOEXEC and O_NONBLOCK: the end to read from goes to out[0], the other to out[1]. */
  pipe(out: Int32Array): number;
  /** fcntl(F_SETPIPE_SZ): the size that it has now. */
  setPipeSize(fd: number, size: number): number;
  /** splice(2) with SPLICE_F_MOVE and SPLICE_F_NONBLOCK. */
  splice(from: number, to: number, length: number): number;

  // ---- options
  /** The option's length as the kernel gives it, in bytes; the value goes into `value`. */
  getsockopt(fd: number, level: number, name: number, value: Uint8Array): number;
  /** `value` null passes a NULL pointer with `length`. */
  setsockopt(fd: number, level: number, name: number, value: Uint8Array | null, length: number): number;
  /** setsockopt of a C int. */
  setsockoptInt(fd: number, level: number, name: number, value: number): number;
  /** setsockopt of a struct sock_fprog: the instructions are a pointer in it. */
  setsockoptFilter(fd: number, level: number, name: number, program: Uint8Array): number;
  /** ioctl(SIOCINQ). */
  queuedIn(fd: number): number;
  /** ioctl(SIOCOUTQ). */
  queuedOut(fd: number): number;

  // ---- waiting
  /** ppoll(2) of one descriptor: revents, 0 when `ms` ran out, or -errno (-EINTR included). Infinity waits for ever. fd -1 only sleeps. */
  poll(fd: number, events: number, ms: number): number;
  /** ppoll(2) of `count` triples [fd, events, revents]; returns how many have revents. */
  pollMany(set: Int32Array, count: number, ms: number): number;
  /** recv(2) without waiting; when nothing is there, ppoll(2) for at most `ms` and one more recv(2). -EAGAIN if that found nothing, either. */
  recvOrWait(fd: number, buffer: Uint8Array, offset: number, length: number, ms: number): number;

  // ---- interfaces
  ifNameToIndex(name: string): number;
  ifIndexToName(index: number): string | null;

  // ---- names, resolved on threads of the library's own
  /** Starts getaddrinfo(3). Returns an eventfd that becomes readable when the answer is there (and stays readable), or -errno. */
  lookup(
    host: string | null,
    service: string | null,
    family: number,
    socktype: number,
    protocol: number,
    flags: number,
  ): number;
  /** Starts getnameinfo(3) likewise. */
  reverse(address: Uint8Array, flags: number): number;
  /** The answer, or null while the lookup still runs. */
  lookupTake(eventfd: number): LookupAnswer | null;
  /** Gives the lookup up or ends it; always needed. The thread may still be inside getaddrinfo. */
  lookupClose(eventfd: number): void;
  /** gai_strerror(3). */
  gaiError(code: number): string;

  // ---- the reactor: one edge-triggered epoll and one timerfd for this environment
  /**
   * Starts the reactor. `mode` 'uv' nests the epoll descriptor in Node's loop by uv_poll_*, 'thread' waits on a helper
   * thread. At each wake-up up to batch.length / 3 triples [token, generation, EPOLL* events] are written to `batch` and
   * `onReady(count)` is called once; again at once while the batch was full. The timer reports itself as token -1.
   * state[0] is JavaScript's count of waiting operations that must keep the process alive, state[1] is above 0 while
   * onReady and the microtasks after it run: 1 for the first batch of a wake-up, 2 for the second, and so on. Native
   * code compares state[0] after each wake-up and in reactorSync().
   */
  reactorStart(mode: 'uv' | 'thread', batch: Int32Array, state: Int32Array, onReady: (count: number) => void): number;
  /** epoll_ctl(EPOLL_CTL_ADD) with `events` | EPOLLET. */
  reactorAdd(fd: number, token: number, generation: number, events: number): number;
  /** epoll_ctl(EPOLL_CTL_DEL). */
  reactorRemove(fd: number): number;
  /** Arms the one timer `ms` from now (fractions count; at most 2^53), or disarms it with Infinity. */
  reactorTimer(ms: number): number;
  /** Keeps the process alive, or lets it go, as state[0] says now. */
  reactorSync(): void;

  // ---- libraries
  /** dlopen(3) with RTLD_NOW | RTLD_GLOBAL, for good: null, or dlerror's text. */
  openGlobal(path: string): string | null;
}
