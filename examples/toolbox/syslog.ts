// Both sides of syslog (RFC 5424). Sends a message to the log of this machine, or over the network: by UDP (RFC 5426), or by TCP with
// its length before it (RFC 6587). Or listens in the log's place on a Unix socket, and takes apart what comes, in the old form too.
//
//   node build/examples/toolbox/syslog.js send TEXT [FACILITY.SEVERITY] [TARGET]     unix:/dev/log unless told
//   node build/examples/toolbox/syslog.js send 'the disk is full' user.err tcp://log.example.org:601
//   node build/examples/toolbox/syslog.js listen PATH [COUNT]      shows so many messages, or those of 30 seconds

import { hostname } from 'node:os';
import { connect, socket, type SocketError, TimeoutError, udp } from 'berkeley/sync';

const facilities = 'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp'.split(' ');
const severities = 'emerg alert crit err warning notice info debug'.split(' ');
const limit = { timeout: '5s' } as const;

const [what, first, second, third = 'unix:/dev/log'] = process.argv.slice(2);
try {
  if (what === 'send' && first !== undefined) send(first, second ?? 'user.notice', third);
  else if (what === 'listen' && first !== undefined) listen(first, Number(second ?? Infinity));
  else console.log('usage: syslog send TEXT [FACILITY.SEVERITY] [TARGET] | syslog listen PATH [COUNT]');
} catch (error) {
  const { message, hint } = error as SocketError;
  console.error(hint ? `${message}: ${hint}` : message);
  process.exitCode = 1;
}

function send(text: string, priority: string, to: string): void {
  const [facility = '', severity = ''] = priority.split('.');
  // RFC 5424 §6.2.1: eight times the facility and the severity.
  const number = facilities.indexOf(facility) * 8 + severities.indexOf(severity);
  if (number < 0 || !severities.includes(severity)) throw new Error(`there is no priority "${priority}"`);
  const now = new Date();
  const message = `<${number}>1 ${now.toISOString()} ${hostname()} berkeley ${process.pid} - - ${text}`;
  if (to.startsWith('tcp://')) {
    using conn = connect(to, limit);
    // A message may have line ends in it, so its length goes before it.
    conn.write(`${Buffer.byteLength(message)} ${message}`, limit);
    conn.close(limit);
  } else if (to.startsWith('udp://')) {
    using sender = udp();
    sender.send(message, to, limit);
  } else {
    // Behind /dev/log everybody expects what syslog(3) writes: the old form, in local time and without the host.
    const [, month, day, , time] = now.toString().split(' ');
    using sender = socket('unix', 'dgram');
    const old = `<${number}>${month} ${day!.replace(/^0/, ' ')} ${time} berkeley[${process.pid}]: ${text}`;
    sender.sendTo(old, to, limit);
  }
  console.log(`sent to ${to}`);
}

function listen(path: string, most: number): void {
  using listener = socket('unix', 'dgram');
  listener.bind(`unix:${path}`);
  console.log(`listening on unix:${path}`);
  try {
    for (let left = most; left > 0; left--) show(listener.recvFrom(8192, { timeout: '30s' })!.data.toString());
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('nothing came for 30 seconds');
  }
}

function show(line: string): void {
  const found =
    /^<(\d{1,3})>(?:1 (\S+) \S+ (\S+) \S+ \S+ (?:-|\[.*?\]) ?|(\w{3} [\d ]\d \S+) (?:(\S+?):? )?)(.*)/s.exec(line);
  if (found === null) {
    console.log(`not syslog: ${JSON.stringify(line)}`);
    return;
  }
  const [, number, isoTime, name, oldTime, tag, text] = found;
  const priority = `${facilities[Number(number) >> 3] ?? Number(number) >> 3}.${severities[Number(number) & 7]}`;
  console.log(`${priority}  ${isoTime ?? oldTime}  ${name ?? tag ?? ''}  ${text!.trimEnd()}`);
}
