// Owns a Postfix that takes mail over SMTP and a Dovecot that gives it out over IMAP and POP3, with one mailbox between
// them, in a temporary folder. Both want root. It must not know what is asked of them.

import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { accountOf, groupOf } from './account.js';
import { installed, launch, missing } from './launch.js';
import type { Issued } from './pki.js';

export interface MailServer {
  readonly host: '127.0.0.1';
  /** Plain until STARTTLS, which is needed before MAIL. */
  readonly smtp: number;
  /** TLS from the start. */
  readonly smtps: number;
  /** Plain until STARTTLS or STLS. */
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  /** The one mailbox. Postfix delivers any name of the domain into it. */
  readonly address: 'box@example.test';
  readonly user: 'box';
  readonly password: 'sesame';
  /** What Postfix has written. */
  readonly log: () => string;
}

/** Null after the test was told to skip. */
export async function startMail(t: TestContext, certificate: Issued): Promise<MailServer | null> {
  const master = installed(t, 'master', ['/usr/lib/postfix/sbin']);
  const dovecot = installed(t, 'dovecot');
  if (master === null || dovecot === null) return null;
  if (process.getuid?.() !== 0) {
    missing(t, 'Postfix and Dovecot run as root only');
    return null;
  }
  const store = await launch(t, 4, (folder, ports) => {
    mkdirSync(join(folder, 'mail'));
    chownSync(join(folder, 'mail'), NOBODY, NOBODY);
    const configuration = join(folder, 'dovecot.conf');
    writeFileSync(configuration, dovecotConfiguration(folder, ports, certificate));
    return { command: [dovecot, '-F', '-c', configuration], ready: /starting up for imap, pop3/ };
  });
  const carrier = await launch(t, 2, (folder, ports) => {
    makeQueue(folder);
    writeFileSync(join(folder, 'main.cf'), postfixMain(folder, join(store.folder, 'mail'), certificate));
    writeFileSync(join(folder, 'master.cf'), postfixMaster(ports));
    return { command: [master, '-c', folder, '-d'], ready: /daemon started/ };
  });
  const [smtp = 0, smtps = 0] = carrier.ports;
  const [imap = 0, imaps = 0, pop3 = 0, pop3s = 0] = store.ports;
  const ports = { smtp, smtps, imap, imaps, pop3, pop3s };
  const log = (): string => carrier.log() + store.log();
  return { host: '127.0.0.1', ...ports, address: 'box@example.test', user: 'box', password: 'sesame', log };
}

/** Whose files the mail is: anybody but root, as both servers demand. */
const NOBODY = 65_534;

function dovecotConfiguration(folder: string, ports: readonly number[], certificate: Issued): string {
  const inlet = (name: string, index: number): string =>
    `inet_listener ${name} {\n    port = ${ports[index]}\n    ssl = ${name.endsWith('s') ? 'yes' : 'no'}\n  }`;
  return `
base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
instance_name = berkeley
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap pop3
ssl = required
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
mail_location = maildir:${join(folder, 'mail', 'box')}
first_valid_uid = 1
passdb {
  driver = static
  args = password=sesame
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${join(folder, 'mail')}
}
service imap-login {
  ${inlet('imap', 0)}
  ${inlet('imaps', 1)}
}
service pop3-login {
  ${inlet('pop3', 2)}
  ${inlet('pop3s', 3)}
}
`;
}

/** The queue's folders, which master(8) expects to be there. Those that processes of Postfix write to are its user's. */
function makeQueue(folder: string): void {
  const { uid, gid } = accountOf('postfix');
  const drop = groupOf('postdrop');
  const queue = join(folder, 'queue');
  for (const name of [queue, join(queue, 'pid')]) mkdirSync(name, { mode: 0o755 });
  const own = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'saved'];
  for (const name of [...own, 'trace', join('..', 'data')]) {
    mkdirSync(join(queue, name), { mode: 0o700 });
    chownSync(join(queue, name), uid, gid);
  }
  for (const name of ['maildrop', 'public']) {
    mkdirSync(join(queue, name), { mode: 0o730 });
    chownSync(join(queue, name), uid, drop);
  }
}

function postfixMain(folder: string, mail: string, certificate: Issued): string {
  return `
compatibility_level = 3.6
queue_directory = ${join(folder, 'queue')}
data_directory = ${join(folder, 'data')}
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_base = ${mail}
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = ${certificate.keyFile}, ${certificate.certFile}
smtpd_tls_loglevel = 1
`;
}

function postfixMaster([smtp, smtps]: readonly number[]): string {
  const service = (name: string, most: number, daemon = name): string => `${name} unix - n n - ${most} ${daemon}`;
  return [
    `127.0.0.1:${smtp} inet n - n - - smtpd`,
    `127.0.0.1:${smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`,
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'postlog unix-dgram n - n - 1 postlogd',
    ...['bounce', 'defer', 'trace'].map((name) => service(name, 0, 'bounce')),
    ...['anvil', 'verify', 'scache'].map((name) => service(name, 1)),
    ...['cleanup', 'flush'].map((name) => `${name} unix n - n - 0 ${name}`),
    'rewrite unix - - n - - trivial-rewrite',
    'proxymap unix - - n - - proxymap',
    ...['error', 'retry'].map((name) => `${name} unix - - n - - error`),
    'virtual unix - n n - - virtual',
    '',
  ].join('\n');
}
