// The dialect of Magnolia's `socket`: `import * as socket from 'berkeley/dialects/magnolia'`. Strings have one character per byte.
// What the system refuses is an answer, { type: 'error', error }; misuse is thrown (TypeError, RangeError). A callback behind the
// arguments makes a call asynchronous: it returns null at once, and the callback gets the answer.

export type { Callback, Closed, ConnectEvent, Data, Failure, Ok, Options, Sent, SocketHandle } from './answers.js';
export { close, connect, recv, recvExact, recvLine, send, sendLine, startTLS } from './calls.js';
export { listen } from './listen.js';
export { Socket, type SocketObject } from './wrapper.js';
