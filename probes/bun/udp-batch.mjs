import { check, peer, say } from '../kit.mjs';

let answered;
const answer = new Promise((go) => (answered = go));
const socket = await Bun.udpSocket({
  connect: { hostname: peer.host, port: peer.port },
  socket: { data: (_, data) => answered(data.toString()) },
});
socket.sendMany(Array.from({ length: 64 }, (_, i) => Buffer.alloc(100, i)));
check((await answer) === 'all 64', 'the answer');
say('yes', '`sendMany`');
