import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { peer, say } from '../kit.mjs';

await pipeline(createReadStream(peer.path), connect(peer.port, peer.host));
say('yes', 'a pipe of streams');
