// Both sides of syslog over a Unix datagram socket. A line goes out as RFC 3164 says, or with --5424 as RFC 5424 says, and is
// taken apart when it comes in.
//
//   node build/examples/syslog.js send /dev/log 'the disk is full' [user.error] [--5424]
//   node build/examples/syslog.js listen PATH [COUNT]      shows so many messages, or those of 30 seconds
//   logger -u PATH hello

import { hostname } from 'node:os';
import { socket, TimeoutError } from 'berkeley';

const facilities = 'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp'.split(' ');
const severities = 'emerg alert crit err warning notice info debug'.split(' ');
const TAG = 'berkeley';

const modern = process.argv.includes('--5424');
const [what, where, ...words] = process.argv.slice(2).filter((word) => word !== '--5424');

if (what === 'send' && where !== undefined && words[0] !== undefined) {
  const [text, priority = 'user.notice'] = words;
  const sender = socket('unix', 'dgram');
  await sender.sendTo(lineOf(priority, text), `unix:${where}`, { timeout: '5s' });
  console.log(`sent to ${where}`);
  sender.close();
} else if (what === 'listen' && where !== undefined) {
  const listener = socket('unix', 'dgram');
  await listener.bind(`unix:${where}`);
  console.log(`listening on unix:${where}`);
  try {
    for (let left = Number(words[0] ?? Infinity); left > 0; left--) {
      const datagram = await listener.recvFrom(8192, { timeout: '30s' });
      show(datagram!.data.toString());
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('nothing came for 30 seconds');
  }
  listener.close();
} else {
  console.log('usage: syslog send PATH TEXT [FACILITY.SEVERITY] [--5424] | syslog listen PATH [COUNT]');
}

function lineOf(priority: string, text: string): string {
  const [facility = '', severity = ''] = priority.split('.');
  // RFC 3164 §4.1.1: eight times the facility and the severity.
  const number = facilities.indexOf(facility) * 8 + severities.indexOf(severity);
  if (number < 0 || !severities.includes(severity)) throw new Error(`there is no priority "${priority}"`);
  const now = new Date();
  if (modern) return `<${number}>1 ${now.toISOString()} ${hostname()} ${TAG} ${process.pid} - - ${text}`;
  const month = now.toLocaleString('en-US', { month: 'short' });
  const time = now.toTimeString().slice(0, 8);
  return `<${number}>${month} ${String(now.getDate()).padStart(2)} ${time} ${TAG}[${process.pid}]: ${text}`;
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
