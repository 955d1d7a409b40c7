// The socket module of Qore: `import { Socket } from 'berkeley/dialects/qore'`.

export type { SoftBool, SoftInt, SoftString, Timeout } from './argument.js';
export { SSLCertificate, SSLPrivateKey, type CertificateInfo, type KeyInfo } from './certificate.js';
export * from './constants.js';
export type { Event, SocketEvent } from './event.js';
export { errno, QoreException, strerror } from './exception.js';
export type { HttpHash } from './http-hash.js';
export type { HttpHeaders, HttpValue } from './http-message.js';
export { setParseOptions } from './parse-options.js';
export { Queue } from './queue.js';
export type { SocketInfo } from './socket-info.js';
export { Socket } from './socket.js';
export { X509_VerificationReasons } from './x509.js';
