// Owns the tests of `connect --starttls`: what is said before TLS, and what is refused. The servers are Python's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import { berkeley } from './command.js';
import { pythonTls } from './tls-peers.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };
const trusted = (): string[] => ['--ca', pki().root.certFile];

// The dialogues. Each server says what it was sent in plain text, and then, under TLS, everything else.
const dialogues: Record<string, string> = {
  smtp: [
    's.sendall(b"220-mail\\r\\n220 welcome\\r\\n"); say(line(s))',
    's.sendall(b"250-mail\\r\\n250-SIZE 1\\r\\n250-STARTTLS\\r\\n250 HELP\\r\\n"); say(line(s))',
    's.sendall(b"220 go on\\r\\n")',
  ].join('\n'),
  imap: [
    's.sendall("* OK zw\\u00f6lf\\r\\n".encode("latin-1")); say(line(s))',
    's.sendall(b"* CAPABILITY IMAP4rev1\\r\\na1 OK begin\\r\\n")',
  ].join('\n'),
  pop3: 's.sendall(b"+OK ready\\r\\n"); say(line(s)); s.sendall(b"+OK begin\\r\\n")',
  postgres: 'say(s.recv(8, socket.MSG_WAITALL).hex()); s.sendall(b"S")',
};
const said: Record<string, RegExp> = {
  smtp: /^EHLO \[127\.0\.0\.1\]\nSTARTTLS\n/m,
  imap: /^a1 STARTTLS\n/m,
  pop3: /^STLS\n/m,
  postgres: /^0000000804d2162f\n/m,
};

for (const [protocol, before] of Object.entries(dialogues)) {
  test(`connect --starttls ${protocol} asks for TLS as the protocol does, and goes on under it`, LIMIT, async (t) => {
    const { server, target } = await pythonTls(t, {
      before,
      script: 's.sendall(b"<" + line(s).encode() + b">"); s.unwrap()',
    });
    const command = berkeley(t, 'connect', '--starttls', protocol, ...trusted(), target);
    command.child.stdin.end('under TLS\r\n');
    assert.equal(await command.ended(), 0, command.err);
    assert.equal(command.out.toString(), '<under TLS>');
    await server.says(said[protocol]!);
  });

  test(`connect --starttls ${protocol} refuses what was injected behind the server's answer`, LIMIT, async (t) => {
    // The last answer and the injected line in one segment.
    const injected = before.replace(/(?:\\r\\n)?"\)$/, (end) =>
      end.replace('"', '\\r\\ninjected\\r\\n"').replace('\\r\\n\\r\\n', '\\r\\n'),
    );
    assert.notEqual(injected, before);
    const { server, target } = await pythonTls(t, { before: injected, script: 'say("shaken hands")' });
    const command = berkeley(t, 'connect', '--starttls', protocol, ...trusted(), target);
    command.child.stdin.end('secret');
    assert.equal(await command.ended(), 5);
    assert.match(command.err, /^berkeley: tls ERR_TLS_BUFFERED_DATA.*\n$/);
    assert.equal(command.out.toString(), '');
    await server.says(/failed /);
  });
}

const refusals: [protocol: string, before: string, why: RegExp][] = [
  ['smtp', 's.sendall(b"554 no\\x1b[31m service\\r\\n")', /does not greet: 554 no\\u\{1b\}\[31m service/],
  ['smtp', 's.sendall(b"220 hi\\r\\n"); line(s); s.sendall(b"250-a\\r\\n250 HELP\\r\\n")', /offers no STARTTLS/],
  [
    'smtp',
    's.sendall(b"220 hi\\r\\n"); line(s); s.sendall(b"250 STARTTLS\\r\\n"); line(s); s.sendall(b"454 not now\\r\\n")',
    /does not start TLS: 454 not now/,
  ],
  ['imap', 's.sendall(b"* PREAUTH hi\\r\\n")', /does not greet: \* PREAUTH hi/],
  ['imap', 's.sendall(b"* OK hi\\r\\n"); line(s); s.sendall(b"a1 BAD what\\r\\n")', /does not start TLS: a1 BAD what/],
  ['pop3', 's.sendall(b"+OK hi\\r\\n"); line(s); s.sendall(b"-ERR what\\r\\n")', /does not start TLS: -ERR what/],
  ['postgres', 's.recv(8); s.sendall(b"N")', /has TLS switched off/],
  ['postgres', 's.recv(8); s.sendall(b"E")', /does not start TLS: E/],
  ['pop3', 's.close()', /ended the connection before TLS/],
];

for (const [protocol, before, why] of refusals) {
  test(`connect --starttls ${protocol} says why there is no TLS: ${why.source}`, LIMIT, async (t) => {
    const { target } = await pythonTls(t, { before, script: '' });
    const command = berkeley(t, 'connect', '--starttls', protocol, '--insecure', target);
    command.child.stdin.end('secret');
    assert.equal(await command.ended(), 5);
    assert.match(command.err, why);
    assert.equal(command.err.split('\n').length, 2, command.err);
  });
}
