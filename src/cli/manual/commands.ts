// Owns the table of commands: what each is called, takes, does and is used for. Parsing, --help, the man page and completion come
// from it. It must not know how they look, or what a command does with what it was told.

import type { Entry } from './entry.js';
import { bench } from './bench-entry.js';
import * as flags from './flags.js';

export const shells = ['bash', 'zsh', 'fish'] as const;

export const commands: readonly Entry[] = [
  {
    name: 'connect',
    operands: 'TARGET',
    summary: 'joins standard input and output to a server',
    paragraphs: [
      'At the end of the input it ends its own direction (half-close) and goes on reading; it ends when the peer does. Under TLS its direction stays open until the peer has been silent for two seconds, since most servers take its end for the end of everything.',
      'With --json the outcome is one object on standard error, when all is over.',
    ],
    flags: [
      flags.timeout,
      flags.crlf,
      { ...flags.tls, words: `${flags.tls.words}; the certificate must be valid for the host` },
      ...flags.clientTls,
      flags.explain,
      flags.progress,
      flags.json,
    ],
    examples: [
      "printf 'GET / HTTP/1.0\\n\\n' | berkeley connect example.org:80 --crlf",
      'berkeley connect --tls example.org:443 --explain',
      'berkeley connect --starttls smtp mail.example.org:587 --crlf',
    ],
  },
  {
    name: 'listen',
    operands: 'TARGET',
    summary: 'takes one connection and does the same; says on standard error where it listens',
    paragraphs: [
      'Port 0 is one that the kernel chooses. --keep goes on with the next client; with --echo all clients are served at the same time, without it one after the other.',
    ],
    flags: [
      flags.timeout,
      flags.crlf,
      { name: 'echo', words: 'send back what comes' },
      { name: 'keep', words: 'go on with the next connection' },
      flags.tls,
      ...flags.serverTls,
      flags.progress,
      flags.json,
    ],
    examples: [
      'berkeley listen :8080 --echo --keep',
      'berkeley listen :7000 > received.bin',
      'berkeley listen :8443 --tls --echo --keep',
    ],
  },
  {
    name: 'relay',
    operands: 'LISTEN TARGET',
    summary: 'takes connections on LISTEN, and joins each one to a connection of its own to TARGET',
    paragraphs: [
      'The end of each direction is carried across. A client that cannot be served gets a reset, and a line on standard error; the others go on.',
    ],
    flags: [
      { ...flags.timeout, words: 'the longest wait for TARGET, and for a handshake' },
      { name: 'tls', words: 'TLS with the clients' },
      flags.serverTls[1]!,
      flags.key,
      { name: 'tls-connect', words: 'TLS with TARGET; --ca, --sni, --pin and --insecure are about it' },
      flags.ca,
      flags.sni,
      flags.pin,
      flags.insecure,
      flags.json,
    ],
    examples: [
      'berkeley relay :8080 unix:/run/app.sock',
      'berkeley relay :8443 :8080 --tls --cert cert.pem --key key.pem',
      'berkeley relay :2525 mail.example.org:465 --tls-connect',
    ],
  },
  {
    name: 'tls',
    operands: 'TARGET',
    summary:
      'shakes hands, and shows what came of it: version, cipher, certificates, whether they are valid, and why not',
    paragraphs: [
      'A certificate that is not valid is shown like any other, and the exit code is 6. What an OCSP response says is shown as it stands there; its signature is not checked.',
    ],
    flags: [flags.patience, ...flags.clientTls, flags.explain, flags.json],
    examples: [
      'berkeley tls example.org:443',
      'berkeley tls --starttls imap mail.example.org:143',
      "berkeley tls example.org:443 --json | jq -e '[.chain[].daysLeft] | min > 14'",
    ],
  },
  {
    name: 'udp',
    operands: 'TARGET',
    summary: 'sends each line of standard input as a datagram, and prints what comes back',
    paragraphs: [
      'At the end of the input it waits for answers until there were none for two seconds, or for --timeout; that nobody answers is no failure, but a refusal is.',
      'With --listen it goes on until it is interrupted, or until nothing has come for --timeout, which is a failure only when nothing has come at all. Its own input goes to whoever was heard last.',
      'With --json each datagram that comes is an object, its data in base64.',
    ],
    flags: [
      {
        name: 'timeout',
        value: 'D',
        words: 'the longest silence: 500ms, 1.5s, 2m; 2s after the end of the input unless told',
      },
      { name: 'listen', words: 'print what comes to TARGET' },
      { name: 'echo', words: '--listen: send back what comes' },
      { name: 'whole', words: 'the whole input is one datagram' },
      { name: 'broadcast', words: 'TARGET may be a broadcast address' },
      { name: 'multicast', value: 'GROUP', words: '--listen: join the group' },
      { name: 'interface', value: 'I', offers: 'interfaces', words: 'where groups are joined and sent to' },
      flags.json,
    ],
    examples: [
      "echo 'deploys:1|c' | berkeley udp localhost:8125 --timeout 100ms",
      'berkeley udp --listen :7000',
      'berkeley udp --listen :5353 --multicast 224.0.0.251 --interface eth0',
    ],
  },
  {
    name: 'dns',
    operands: 'NAME',
    summary: 'looks a name up as the library does, or an address; with --type asks a server for records',
    paragraphs: [
      'Without --type and --server it is getaddrinfo(3), which knows /etc/hosts and whatever else the machine is set up to ask, or getnameinfo(3) where NAME is an address. With one of them it is a question to a DNS server by UDP, and by TCP where the answer did not fit.',
    ],
    flags: [
      {
        name: 'type',
        value: 'T',
        multiple: true,
        choices: ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA', 'ANY'],
        words:
          'the kind of records: A, AAAA, MX, TXT ... or its number; may be given several times; A and AAAA unless told',
      },
      {
        name: 'server',
        value: 'S',
        words: 'whom to ask: HOST, or HOST:PORT; the first of /etc/resolv.conf unless told',
      },
      { name: 'tcp', words: 'ask by TCP at once' },
      { ...flags.patience, words: 'the longest wait for everything; 5s unless told' },
      flags.json,
    ],
    examples: [
      'berkeley dns example.org',
      'berkeley dns 192.0.2.1',
      'berkeley dns example.org --type MX --server 9.9.9.9',
    ],
  },
  {
    name: 'ping',
    operands: 'HOST',
    summary: 'sends ICMP echoes to a host, and times the replies',
    paragraphs: [
      'By a datagram socket where net.ipv4.ping_group_range allows it, else by a raw one (CAP_NET_RAW). What routers say of a request, such as EHOSTUNREACH, is a line and no end. With --json each reply is an object, and the figures in the end are one.',
    ],
    flags: [
      { name: 'count', short: 'c', value: 'N', words: 'so many requests; until interrupted unless told' },
      {
        name: 'interval',
        short: 'i',
        value: 'D',
        words: 'from one request to the next: seconds, as ping(8) takes them, or with a unit; 1 unless told',
      },
      { name: 'wait', short: 'W', value: 'D', words: 'the longest wait for a reply, likewise; 2 unless told' },
      { name: 'ipv4', short: '4', words: 'only addresses of IPv4' },
      { name: 'ipv6', short: '6', words: 'only addresses of IPv6' },
      flags.json,
    ],
    examples: ['berkeley ping example.org', 'berkeley ping -c 5 -i 0.2 ::1'],
  },
  {
    name: 'options',
    operands: 'TARGET',
    summary: 'connects, and shows every option of the socket: its value, or the code of the error',
    paragraphs: ['udp:// before TARGET makes it a datagram socket.'],
    flags: [
      { name: 'list', words: 'in place of TARGET: looks at new sockets, one that fits each level' },
      flags.patience,
      flags.json,
    ],
    examples: ['berkeley options example.org:443', "berkeley options --list | grep 'tcp(7)'"],
  },
  {
    name: 'cert',
    operands: 'TARGET|FILE',
    summary:
      'shows the certificates of a server or of a file, with pins and fingerprints, and says whether they are valid; makes some for tests',
    paragraphs: [
      'Of a file it checks the dates, the signature of each certificate by the next, that the last leads to a root, and with --sni the name. Revocation and what an authority may sign for are checked by a handshake only.',
      '--make NAME prints a certificate that signs itself, valid for a host name or an address, and its private key, or writes them to the files of --cert and --key, which must not exist.',
    ],
    flags: [
      flags.starttls,
      flags.sni,
      flags.ca,
      { name: 'pem', words: 'the certificates themselves, in PEM' },
      {
        name: 'make',
        value: 'NAME',
        multiple: true,
        words: 'make a certificate for this name; given several times: for all of them',
      },
      { name: 'days', value: 'N', words: '--make: for how long it is valid; 30 unless told' },
      { name: 'cert', value: 'FILE', offers: 'files', words: '--make: where the certificate goes' },
      {
        name: 'key',
        value: 'FILE',
        offers: 'files',
        words: '--make: where the private key goes, which nobody else may read',
      },
      flags.patience,
      flags.explain,
      flags.json,
    ],
    examples: [
      'berkeley cert example.org:443',
      'berkeley cert --sni example.org chain.pem',
      'berkeley cert --make localhost --make 127.0.0.1 --cert cert.pem --key key.pem',
    ],
  },
  bench,
  {
    name: 'doctor',
    operands: '',
    summary: 'says what works on this machine, and what to do about the rest',
    paragraphs: ['The exit code is 1 only where the library cannot work at all.'],
    flags: [flags.json],
    examples: ['berkeley doctor'],
  },
  {
    name: 'tour',
    operands: '',
    summary: 'shows and verifies what the library does; it is also what runs without a command',
    paragraphs: [
      'It starts servers of its own in a worker thread, walks through both colours over IPv4, IPv6 and Unix sockets, in plain text and under TLS, and verifies every byte.',
    ],
    flags: [flags.json],
    examples: ['berkeley tour'],
  },
  {
    name: 'completion',
    operands: 'SHELL',
    choices: shells,
    summary: 'prints what makes a shell complete commands and options: bash, zsh or fish',
    paragraphs: [],
    flags: [],
    examples: [
      'source <(berkeley completion bash)',
      'berkeley completion zsh > "${fpath[1]}/_berkeley"',
      'berkeley completion fish > ~/.config/fish/completions/berkeley.fish',
    ],
  },
];

/** What the table says of a command. */
export function entryOf(name: string): Entry {
  const entry = commands.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`${name} is not in the table`);
  return entry;
}
