// Owns the words of the flags that several commands have. It must not know which commands.

import type { Flag } from './entry.js';

export const json: Flag = {
  name: 'json',
  words: 'one JSON object a line in place of text for people; what would go to standard error as well',
};

export const explain: Flag = {
  name: 'explain',
  words:
    'a timeline on standard error: lookup, addresses, attempts, handshake, first byte, end; with --json an object for each',
};

export const timeout: Flag = {
  name: 'timeout',
  value: 'D',
  words: 'the longest wait for the connection, and the longest silence on it: 500ms, 1.5s, 2m',
};

/** Of commands that ask something and have a limit in any case. */
export const patience: Flag = {
  name: 'timeout',
  value: 'D',
  words: 'the longest wait, for everything: 500ms, 1.5s, 2m; 10s unless told',
};

export const crlf: Flag = { name: 'crlf', words: 'line ends of the input go out as CR LF' };

export const progress: Flag = {
  name: 'progress',
  words:
    'how much has passed and how fast, on standard error, also where that is no terminal; on one it appears by itself, after a second, when the output is not shown there',
};

export const tls: Flag = { name: 'tls', words: 'TLS from the first byte' };

const alpn: Flag = { name: 'alpn', value: 'LIST', words: 'application protocols, the best first: h2,http/1.1' };
export const cert: Flag = {
  name: 'cert',
  value: 'FILE',
  offers: 'files',
  words: 'our own certificate, and its chain, in PEM',
};
export const key: Flag = {
  name: 'key',
  value: 'FILE',
  offers: 'files',
  words: 'the private key of --cert, if it is not in the same file',
};
export const ca: Flag = {
  name: 'ca',
  value: 'FILE',
  offers: 'files',
  words: "who may sign the server's certificate, in place of the usual roots",
};
export const sni: Flag = {
  name: 'sni',
  value: 'NAME',
  words: 'the name to ask for and to check; the host of TARGET unless told',
};
export const pin: Flag = {
  name: 'pin',
  value: 'SHA256',
  multiple: true,
  words: "the server's public key has this hash, in hexadecimal or base64; given several times: one of them",
};
export const insecure: Flag = { name: 'insecure', words: 'accept any certificate; a --pin counts nevertheless' };
export const starttls: Flag = {
  name: 'starttls',
  value: 'P',
  choices: ['smtp', 'imap', 'pop3', 'postgres'],
  words: 'plain text first, then TLS, as P does it: smtp, imap, pop3 or postgres',
};

/** About TLS with a server. */
export const clientTls: readonly Flag[] = [starttls, sni, alpn, ca, cert, key, pin, insecure];

/** About TLS with clients. */
export const serverTls: readonly Flag[] = [
  alpn,
  { ...cert, words: `${cert.words}; one that signs itself is made unless told` },
  key,
  { ...ca, words: "who may sign clients' certificates, which they must show then" },
];
