// Owns the list of typed options: every level's rows, made into tokens.

import type { InspectOptionsStylized } from 'node:util';
import type { OptionTable, SocketOption } from '../../contract/option.js';
import { customInspect } from '../../error/shown.js';
import { native } from '../../native/load.js';
import { ipRows } from './ip-rows.js';
import { ipv6Rows } from './ipv6-rows.js';
import type { Row } from './row.js';
import { int } from './simple-forms.js';
import { socketRows } from './socket-rows.js';
import { tcpRows } from './tcp-rows.js';
import { udpRows } from './udp-rows.js';

const levels: readonly (readonly [string, Readonly<Record<string, Row>>])[] = [
  ['SOL_SOCKET', { ...socketRows }],
  ['IPPROTO_IP', { ...ipRows }],
  ['IPPROTO_IPV6', { ...ipv6Rows }],
  ['IPPROTO_TCP', { ...tcpRows }],
  ['IPPROTO_UDP', { ...udpRows }],
];

const rows = new Map<string, Row>();
const tokens: Record<string, SocketOption<unknown>> = {};
for (const [levelName, ofLevel] of levels) {
  const level = native.constants[levelName] ?? -1;
  for (const [label, row] of Object.entries(ofLevel)) {
    rows.set(label, row);
    const name = native.constants[label] ?? -1;
    const { direction = 'both', unit = null, manual = null } = row;
    const token: SocketOption<unknown> = { level, name, label, levelName, direction, unit, manual };
    tokens[label] = Object.freeze(shownAs(token));
  }
}

/** The tokens. A name that this system lacks has the number -1, and is an error when it is used. */
export const options = Object.freeze(tokens) as unknown as OptionTable;

/** `SocketOption <SO_RCVBUF>`, so that a list of settings can be read. */
function shownAs(token: SocketOption<unknown>): SocketOption<unknown> {
  const value = (_depth: number, options: InspectOptionsStylized): string =>
    `SocketOption <${options.stylize(token.label, 'special')}>`;
  return Object.defineProperty(token, customInspect, { value });
}

/** What is known of an option; a token of the caller's own is a C int. */
export function rowOf(option: SocketOption<unknown>): Row {
  return rows.get(option.label) ?? unknown;
}

const unknown: Row = { form: int };
