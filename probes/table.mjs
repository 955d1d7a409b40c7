// Owns the rows and the columns of the comparison: what is asked, of whom, and what counts as an answer. It must not know how
// a probe is run, nor what came out.

/**
 * `title` stands in the table, `question` says what exactly a probe must do for a `yes`.
 * `peer`: it has a scene in peer.py, which must have seen the same. `launched`: it is started with a listening socket as descriptor 3.
 * `traced`: the system calls that are counted; `judge` turns a `yes` into what the count says, where it says otherwise.
 */
export const rows = [
  {
    name: 'blocking',
    title: 'A call that blocks its thread until the answer is there',
    question:
      'Connects, sends a question and has the answer in the next statement, without a second thread and before any other code runs.',
    peer: true,
  },
  {
    name: 'accept',
    title: 'Accepts one when asked, and none ahead',
    question: 'Three clients come, one is accepted. The process must have no more descriptors than that makes.',
  },
  {
    name: 'read-limit',
    title: 'A limit for one read, which consumes nothing',
    question:
      'Asks for ten bytes when four have come, gives up after 0.1 s, and gets all ten when it asks again and the rest has come.',
    peer: true,
  },
  {
    name: 'line-then-bytes',
    title: 'Reads a line, then n bytes, from one connection',
    question: 'A line, five bytes and more arrive in one piece. Reads the line, then exactly the five bytes.',
    peer: true,
  },
  {
    name: 'attempts',
    title: 'A failed connect tells the error of each address',
    question: 'A name has two addresses, and both refuse. The error must have both addresses, each with its own code.',
    peer: true,
  },
  {
    name: 'idle-reset',
    title: 'A reset needs no `error` listener',
    question:
      'The peer resets an idle connection, and nothing listens for errors. The program lives on, and its next call fails with ECONNRESET.',
    peer: true,
  },
  {
    name: 'dispose',
    title: 'Closed at the end of a block (`using`, `with`)',
    question: 'The socket is closed when its block is left, as the list of the process’s descriptors shows.',
    peer: true,
  },
  {
    name: 'any-option',
    title: 'Sets and reads any socket option',
    question: 'Sets TCP_USER_TIMEOUT (a number) and TCP_CONGESTION (text) of a TCP connection, and reads both back.',
    peer: true,
  },
  {
    name: 'reuse-port',
    title: 'Several listeners on one port (SO_REUSEPORT)',
    question: 'Two sockets of one process listen at the same address and port.',
  },
  {
    name: 'adopt',
    title: 'Takes over a listening descriptor (systemd)',
    question: 'Is started with a listening socket as descriptor 3, and serves a client by it.',
    peer: true,
    launched: true,
  },
  {
    name: 'send-file',
    title: 'Sends a file inside the kernel (sendfile)',
    question:
      'Sends a file of 1 MiB over TCP. The peer has all of it, and sendfile(2), splice(2) or copy_file_range(2) has carried it.',
    peer: true,
    traced: ['sendfile', 'splice', 'copy_file_range'],
    judge: (calls) =>
      calls > 0 ? null : { verdict: 'no', why: 'the file is read into memory, and written from there' },
  },
  {
    name: 'starttls',
    title: 'STARTTLS: TLS from the middle of a connection',
    question: 'Talks in plain text first and then under TLS, with the certificate and the name verified.',
    peer: true,
  },
  {
    name: 'stoptls',
    title: 'Back to plain text after TLS (close_notify)',
    question: 'Ends TLS with close_notify in both directions, and goes on in plain text on the same connection.',
    peer: true,
  },
  {
    name: 'truncation',
    title: 'Tells a cut TLS connection from one that ended',
    question:
      'One connection is cut without close_notify, another ends with it. Reading the first must fail, the second must end.',
    peer: true,
  },
  {
    name: 'unix-datagram',
    title: 'Unix datagrams',
    question: 'Sends two datagrams to a Unix datagram socket, and receives the answer at a path of its own.',
    peer: true,
  },
  {
    name: 'unix-seqpacket',
    title: 'Unix seqpackets',
    question: 'Connects a seqpacket socket and sends two packets at once, which arrive as two.',
    peer: true,
  },
  {
    name: 'pass-fd',
    title: 'Passes descriptors to any process (SCM_RIGHTS)',
    question: 'Receives an open file from a program in another language over a Unix socket, and passes it one.',
    peer: true,
  },
  {
    name: 'credentials',
    title: 'Who is at the other end (SO_PEERCRED)',
    question: 'Tells the process id at the other end of a Unix socket.',
    peer: true,
  },
  {
    name: 'raw',
    title: 'Raw sockets: ping',
    question: 'Sends an ICMP echo to 127.0.0.1 over a raw socket, and receives the reply. Needs CAP_NET_RAW.',
  },
  {
    name: 'multicast',
    title: 'UDP multicast',
    question: 'Joins a group on the loopback interface, and receives what is sent to it.',
    peer: true,
  },
  {
    name: 'udp-batch',
    title: 'Many datagrams in one system call',
    question: 'Sends 64 datagrams, which arrive, with at most 16 system calls.',
    peer: true,
    traced: ['sendmmsg', 'sendmsg', 'sendto'],
    judge: (calls) => (calls <= 16 ? null : { verdict: 'no', why: `${calls} system calls for 64 datagrams` }),
  },
  {
    name: 'udp-meta',
    title: 'What the kernel knows of a datagram',
    question:
      'Tells the TTL a datagram arrived with, and the local address that it was sent to, on a socket bound to 0.0.0.0.',
    peer: true,
  },
  {
    name: 'nothing-to-install',
    title: 'Comes with the runtime, nothing to install',
    question: 'Is there in an empty folder.',
  },
  {
    name: 'quic',
    title: 'QUIC',
    question: 'Opens a QUIC connection to itself, and sends a few bytes.',
  },
];

/**
 * `folders`: whose programs are tried; the best answer counts, so that a runtime has its own interface and its `node:net`.
 * `line`: how many numbers of its version stand for what it can do.
 */
export const columns = [
  { name: 'berkeley', title: 'berkeley', folders: ['berkeley'] },
  { name: 'node', title: '`node:net`, `tls`, `dgram`', folders: ['node'] },
  { name: 'bun', title: 'Bun', folders: ['bun', 'node'] },
  { name: 'deno', title: 'Deno', folders: ['deno', 'node'] },
  { name: 'python', title: 'Python', folders: ['python'] },
];
