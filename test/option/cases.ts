// Owns the table of the test over all tokens: for each one a fitting socket, values, and what Python reads.

import { ofIp } from './ip-cases.js';
import { ofIpv6 } from './ipv6-cases.js';
import { ofSocket } from './socket-cases.js';
import { ofTcp, ofUdp } from './tcp-cases.js';

export const cases = { ...ofSocket, ...ofIp, ...ofIpv6, ...ofTcp, ...ofUdp };
