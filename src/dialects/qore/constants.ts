// Owns the constants of the Qore dialect: events and their sources, address families, socket types.

import { constants } from '../../sync/index.js';

/** What a socket posts on its queue, by number. */
export const EVENT_PACKET_READ = 1;
export const EVENT_PACKET_SENT = 2;
export const EVENT_HTTP_CONTENT_LENGTH = 3;
export const EVENT_HTTP_CHUNKED_START = 4;
export const EVENT_HTTP_CHUNKED_END = 5;
export const EVENT_HTTP_REDIRECT = 6;
export const EVENT_CHANNEL_CLOSED = 7;
export const EVENT_DELETED = 8;
export const EVENT_FTP_SEND_MESSAGE = 9;
export const EVENT_FTP_MESSAGE_RECEIVED = 10;
export const EVENT_HOSTNAME_LOOKUP = 11;
export const EVENT_HOSTNAME_RESOLVED = 12;
export const EVENT_HTTP_SEND_MESSAGE = 13;
export const EVENT_HTTP_MESSAGE_RECEIVED = 14;
export const EVENT_HTTP_FOOTERS_RECEIVED = 15;
export const EVENT_HTTP_CHUNKED_DATA_RECEIVED = 16;
export const EVENT_HTTP_CHUNK_SIZE = 17;
export const EVENT_CONNECTING = 18;
export const EVENT_CONNECTED = 19;
export const EVENT_START_SSL = 20;
export const EVENT_SSL_ESTABLISHED = 21;

/** What posts an event: a socket of this module is always the first. */
export const EVENT_SOURCE_SOCKET = 1;
export const EVENT_SOURCE_HTTPCLIENT = 2;
export const EVENT_SOURCE_FTPCLIENT = 3;
export const EVENT_SOURCE_FILE = 4;

/** The name of an event, by its number. */
export const EVENT_MAP: Readonly<Record<string, string>> = Object.freeze({
  1: 'PACKET_READ',
  2: 'PACKET_SENT',
  3: 'HTTP_CONTENT_LENGTH',
  4: 'HTTP_CHUNKED_START',
  5: 'HTTP_CHUNKED_END',
  6: 'HTTP_REDIRECT',
  7: 'CHANNEL_CLOSED',
  8: 'DELETED',
  9: 'FTP_SEND_MESSAGE',
  10: 'FTP_MESSAGE_RECEIVED',
  11: 'HOSTNAME_LOOKUP',
  12: 'HOSTNAME_RESOLVED',
  13: 'HTTP_SEND_MESSAGE',
  14: 'HTTP_MESSAGE_RECEIVED',
  15: 'HTTP_FOOTERS_RECEIVED',
  16: 'HTTP_CHUNKED_DATA_RECEIVED',
  17: 'HTTP_CHUNK_SIZE',
  18: 'CONNECTING',
  19: 'CONNECTED',
  20: 'START_SSL',
  21: 'SSL_ESTABLISHED',
});

/** The name of a source, by its number. */
export const EVENT_SOURCE_MAP: Readonly<Record<string, string>> = Object.freeze({
  1: 'SOCKET',
  2: 'HTTPCLIENT',
  3: 'FTPCLIENT',
  4: 'FILE',
});

/** Any family: of a name all its addresses are tried. */
export const AF_UNSPEC = number('AF_UNSPEC', 0);
export const AF_UNIX = number('AF_UNIX', 1);
export const AF_INET = number('AF_INET', 2);
export const AF_INET6 = number('AF_INET6', 10);

export const SOCK_STREAM = number('SOCK_STREAM', 1);
export const SOCK_DGRAM = number('SOCK_DGRAM', 2);
export const SOCK_RAW = number('SOCK_RAW', 3);
export const SOCK_RDM = number('SOCK_RDM', 4);
export const SOCK_SEQPACKET = number('SOCK_SEQPACKET', 5);

/** For `setParseOptions`: no networking in this program. */
export const PO_NO_NETWORK = 1 << 15;

/** A number of this system; where the addon is missing that of Linux, so that a call gets far enough to say what is missing. */
function number(name: string, usual: number): number {
  return constants[name] ?? usual;
}
