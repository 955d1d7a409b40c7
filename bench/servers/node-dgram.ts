// Owns the usual way with node:dgram: what arrives is sent back to where it came from.

import { createSocket } from 'node:dgram';
import { serve } from './support.js';

const socket = createSocket('udp4');
socket.on('message', (data, from) => socket.send(data, from.port, from.address));
socket.bind(0, '127.0.0.1', () => serve(socket.address().port, () => 0));
