import { peer, say } from '../kit.mjs';

let told;
const arguments_ = new Promise((go) => (told = go));
const socket = await Bun.udpSocket({ hostname: '0.0.0.0', socket: { data: (_, __, ...rest) => told(rest) } });
socket.send('x', peer.port, peer.host);
const rest = await arguments_;
const flat = rest.flatMap((one) => (typeof one === 'object' ? Object.values(one) : [one]));
say(
  flat.includes(42) ? 'yes' : 'no',
  `told is: address, port${rest.length > 2 ? `, ${Object.keys(rest[2]).join(', ')}` : ''}`,
);
