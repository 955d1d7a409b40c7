// Connections as the streams of other libraries: `import { toDuplex } from 'berkeley/streams'`. The promise colour only.

import type { Streams } from '../contract/streams.js';
import { fromDuplex as from } from './from-duplex.js';
import { toDuplex as duplex } from './to-duplex.js';
import { toNetSocket as netSocket } from './to-net-socket.js';
import { toWeb as web } from './to-web.js';

const streams: Streams = { toDuplex: duplex, fromDuplex: from, toWeb: web, toNetSocket: netSocket };

export type * from '../contract/streams.js';
export const { toDuplex, fromDuplex, toWeb, toNetSocket } = streams;
