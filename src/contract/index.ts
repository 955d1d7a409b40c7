// Every public type, in one list.

export type * from './mode.js';
export type * from './address.js';
export type * from './option.js';
export type * from './option-values.js';
export type * from './tcp-info.js';
export type * from './socket-options.js';
export type * from './ip-options.js';
export type * from './ipv6-options.js';
export type * from './tcp-options.js';
export type * from './udp-options.js';
export type * from './error.js';
export type * from './features.js';
export type * from './file.js';
export type * from './message.js';
export type * from './socket.js';
export type * from './http.js';
export type * from './codec.js';
export type * from './conn.js';
export type * from './event.js';
export type * from './listener.js';
export type * from './tls.js';
export type * from './udp.js';
export type * from './relay.js';
export type * from './net.js';
