import { check, folder, peer, say } from '../kit.mjs';

const conn = await Deno.connect({ hostname: peer.host, port: peer.port });
await conn.write(new TextEncoder().encode('STARTTLS\n'));
check((await read(conn)) === 'go\n', 'go');
const caCerts = [await Deno.readTextFile(`${folder}/ca.pem`)];
const secure = await Deno.startTls(conn, { hostname: 'localhost', caCerts });
await secure.write(new TextEncoder().encode('under TLS\n'));
check((await read(secure)) === 'secret\n', 'secret');
say('yes', '`Deno.startTls(conn)`');

async function read(from) {
  const buffer = new Uint8Array(100);
  return new TextDecoder().decode(buffer.subarray(0, await from.read(buffer)));
}
