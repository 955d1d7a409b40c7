import { existsSync } from 'node:fs';
import { check, folder, pause, peer, say, unlessItSurvives, until } from '../kit.mjs';

const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
const greeting = new Uint8Array(2);
check((await conn.read(greeting)) === 2, 'the greeting');
unlessItSurvives('the process ends');
await conn.write(new TextEncoder().encode('x'));
await until(() => existsSync(`${folder}/was-reset`));
await pause();
const error = await conn.read(greeting).catch((reason) => reason);
check(error instanceof Deno.errors.ConnectionReset, String(error));
say('yes', 'the next `read` rejects with ConnectionReset');
