// The door to this folder. One import, because Node 20 opens all imports of a module at once and the descriptor limit may be small.

export { SendMany } from './send-many.js';
export { checkMessage, type Names, sendAtOnce, SendMessage } from './send-message.js';
export { RecvMessageFully } from './receive-fully.js';
export { RecvMany } from './receive-many.js';
export { type ReceiveOptions, RecvMessage } from './receive-message.js';
export { checkMeta } from './encode.js';
