// Owns the list of typed options: every level's rows, made into tokens.

import type { OptionTable, SocketOption } from '../../contract/option.js';
import { native } from '../../native/load.js';
import { ipv6Rows } from './ipv6-rows.js';
import type { Form, Row } from './row.js';
import { socketRows } from './socket-rows.js';
import { tcpRows } from './tcp-rows.js';

const levels: readonly (readonly [string, Readonly<Record<string, Row>>])[] = [
  ['SOL_SOCKET', { ...socketRows }],
  ['IPPROTO_IPV6', { ...ipv6Rows }],
  ['IPPROTO_TCP', { ...tcpRows }],
];

const rows = new Map<string, Row>();
const tokens: Record<string, SocketOption<unknown>> = {};
for (const [level, ofLevel] of levels) {
  for (const [label, row] of Object.entries(ofLevel)) {
    rows.set(label, row);
    tokens[label] = Object.freeze({ level: native.constants[level] ?? -1, name: native.constants[label] ?? -1, label });
  }
}

/** The tokens. A name that this system lacks has the number -1, and is an error when it is used. */
export const options = Object.freeze(tokens) as unknown as OptionTable;

/** The form of an option's value; a token of the caller's own is a C int. */
export function formOf(option: SocketOption<unknown>): Form {
  return rows.get(option.label)?.form ?? 'int';
}
