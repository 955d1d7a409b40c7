// Owns the thread that blocks: it runs one errand of bad-network.test.ts and says what came of it.

import { parentPort, workerData } from 'node:worker_threads';
import * as net from 'berkeley/sync';
import { carryBlocking, type Errand } from './bad-network-kit.js';

parentPort!.postMessage(carryBlocking(net, workerData as Errand));
