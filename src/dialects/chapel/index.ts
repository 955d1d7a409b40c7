// The module Socket of Chapel: `import { connect, ipAddr } from 'berkeley/dialects/chapel'`. docs/dialects/chapel.md says
// what is where, and what differs.

export * from './constants.js';
export { connect } from './connect.js';
export {
  BadFormatError,
  BlockingIoError,
  BrokenPipeError,
  ChildProcessError,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  EofError,
  FileExistsError,
  FileNotFoundError,
  IllegalArgumentError,
  InterruptedError,
  IoError,
  IsADirectoryError,
  NotADirectoryError,
  PermissionError,
  ProcessLookupError,
  SystemError,
  TimeoutError,
  UnexpectedEofError,
} from './errors.js';
export type { fileReader } from './file-reader.js';
export type { fileWriter, Printable } from './file-writer.js';
export { ipAddr } from './ip-addr.js';
export { bind, getSockName, getSockOpt, setSockOpt } from './socket-options.js';
export { getPeerName, tcpConn } from './tcp-conn.js';
export { listen, tcpListener } from './tcp-listener.js';
export { indefiniteTimeout, struct_timeval, type Timeout } from './time.js';
export { udpSocket } from './udp-socket.js';
export type { Values } from './values.js';
