// Owns the layout of struct tcp_info, which only ever grows at its end: what a kernel does not give is absent.

import type { TcpInfo } from '../../contract/tcp-info.js';
import { IPPROTO_TCP, TCP_INFO } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';
import { getBytes } from './access.js';
import { LITTLE } from './simple-forms.js';

/** getsockopt(2) with TCP_INFO; room for a good deal more than today's kernels give. */
export function tcpInfo(handle: Handle): TcpInfo {
  return decodeTcpInfo(getBytes(handle, IPPROTO_TCP, TCP_INFO, 1024));
}

export function decodeTcpInfo(raw: Buffer): TcpInfo {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const has = (at: number, size: number): boolean => raw.length >= at + size;
  const word = (at: number): number => (has(at, 4) ? view.getUint32(at, LITTLE) : 0);
  const info: TcpInfo = {
    state: raw.length === 0 ? 'UNKNOWN' : (states.get(raw[0]!) ?? String(raw[0])),
    rtt: word(68),
    rttVar: word(72),
    retransmits: raw[2] ?? 0,
    lost: word(32),
    unacked: word(24),
    cwnd: word(80),
    mss: word(16),
    pmtu: word(60),
    rto: word(8),
    raw,
  };
  if (has(100, 4)) info.totalRetransmits = word(100);
  if (has(120, 8)) info.bytesAcked = view.getBigUint64(120, LITTLE);
  if (has(128, 8)) info.bytesReceived = view.getBigUint64(128, LITTLE);
  if (has(144, 4)) info.notSent = word(144);
  if (has(148, 4)) info.minRtt = word(148);
  if (has(160, 8)) info.deliveryRate = view.getBigUint64(160, LITTLE);
  return info;
}

/** The names of the constants, without TCP_. */
const states = new Map(
  [
    ...['CLOSE', 'CLOSE_WAIT', 'CLOSING', 'ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'LAST_ACK', 'LISTEN'],
    ...['SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  ].map((name) => [native.constants[`TCP_${name}`] ?? -1, name]),
);
