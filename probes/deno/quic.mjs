import { check, folder, say } from '../kit.mjs';

const [ca, cert, key] = await Promise.all(
  ['ca', 'cert', 'key'].map((name) => Deno.readTextFile(`${folder}/${name}.pem`)),
);
const endpoint = new Deno.QuicEndpoint({ hostname: '127.0.0.1', port: 0 });
const listener = endpoint.listen({ cert, key, alpnProtocols: ['probe'] });
const accepted = listener.accept().then((incoming) => incoming);
const client = await Deno.connectQuic({
  hostname: 'localhost',
  port: endpoint.addr.port,
  alpnProtocols: ['probe'],
  caCerts: [ca],
});
const server = await accepted;
const stream = await client.createUnidirectionalStream();
const writer = stream.getWriter();
await writer.write(new TextEncoder().encode('over QUIC'));
await writer.close();
for await (const incoming of server.incomingUnidirectionalStreams) {
  let text = '';
  for await (const piece of incoming) text += new TextDecoder().decode(piece);
  check(text === 'over QUIC', text);
  break;
}
say('yes', '`Deno.connectQuic`, unstable');
