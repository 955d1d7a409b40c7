// Owns the screen of `berkeley tls`: 80 columns of plain text. It must not know how the facts were found.

import { visible } from '../visible.js';
import type { CertificateFacts } from './certificate.js';
import type { OcspFacts } from './ocsp.js';
import type { HandshakeFacts, TlsReport } from './tls-report.js';

export function screen(report: TlsReport): string {
  const { tls, chain, error } = report;
  const lines = [headline(report)];
  if (tls !== null) {
    lines.push('', ...handshakeRows(tls).flatMap(([name, value]) => row(2, name, value)));
  }
  lines.push(...row(2, 'verdict', verdictWords(report)));
  if (error?.hint != null) lines.push(...row(2, '', error.hint));
  for (const [depth, certificate] of chain.entries()) {
    lines.push(
      '',
      ...row(2, `${depth}`, certificate.subject),
      ...certificateRows(certificate).flatMap(([name, value]) => row(4, name, value)),
    );
  }
  return `${lines.join('\n')}\n`;
}

function headline({ target, address, starttls, milliseconds: { connect, handshake } }: TlsReport): string {
  const parts = [
    address === null || address === target ? visible(target) : `${visible(target)} is ${visible(address)}`,
    ...(connect === null ? [] : [`connected in ${ms(connect)}`]),
    ...(starttls === null ? [] : [`STARTTLS of ${starttls}`]),
    ...(handshake === null ? [] : [`handshake in ${ms(handshake)}`]),
  ];
  return parts.join(', ');
}

function handshakeRows(tls: HandshakeFacts): [string, string][] {
  return [
    ['version', tls.version],
    ['cipher', tls.cipher],
    ['group', tls.group ?? 'none'],
    ['ALPN', tls.alpn ?? 'none'],
    ['name', tls.serverName ?? 'none sent'],
    ['session', `${tls.resumed ? 'resumed' : 'new'}${tls.resumable ? ', and can be resumed' : ''}`],
    ['OCSP', tls.ocsp === null ? 'no response stapled' : ocspWords(tls.ocsp)],
    ...(tls.pinned === null ? [] : [['pin', tls.pinned ? 'as given' : 'another one'] as [string, string]]),
  ];
}

function ocspWords({ bytes, status, nextUpdate }: OcspFacts): string {
  if (status === null) return `${bytes} bytes stapled, which are no answer`;
  return `stapled, says ${status}${nextUpdate === null ? '' : ` until ${nextUpdate}`}`;
}

function verdictWords({ tls, error }: TlsReport): string {
  if (error !== null) return `NO: ${error.message.includes(error.code) ? '' : `${error.code}: `}${error.message}`;
  if (tls?.authorized === true) return 'the certificate is valid';
  return `accepted as told, though it is not valid: ${tls?.verifyCode ?? ''}`;
}

export function certificateRows(certificate: CertificateFacts): [string, string][] {
  const { names, pin } = certificate;
  const shown = names.slice(0, mostNames);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return [
    ['issuer', certificate.issuer],
    ...(names.length === 0 ? [] : [['names', shown.join(', ') + more] as [string, string]]),
    ['key', certificate.key],
    ['valid', `${certificate.validFrom} to ${certificate.validTo}, ${daysWords(certificate)}`],
    ['pin', pin === null ? 'none' : `sha256/${pin}`],
  ];
}

function daysWords({ validFrom, daysLeft }: CertificateFacts): string {
  if (Date.parse(validFrom) > Date.now()) return 'which has not begun';
  if (daysLeft === null) return 'whatever that is';
  if (daysLeft < 0) return `expired ${count(-daysLeft)} ago`;
  return `${count(daysLeft)} left`;
}

function count(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

function ms(time: number): string {
  return `${time.toFixed(time < 100 ? 1 : 0)} ms`;
}

/** A name and its value, which goes on below itself when the line is full. */
export function row(indent: number, name: string, value: string): string[] {
  const lines: string[] = [];
  let rest = visible(value);
  const room = width - valueColumn;
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room);
    const end = space <= 0 ? room : space;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  lines.push(rest);
  return lines.map((line, at) => `${' '.repeat(indent)}${at === 0 ? name : ''}`.padEnd(valueColumn) + line);
}

const width = 80;
const valueColumn = 12;
const mostNames = 12;
