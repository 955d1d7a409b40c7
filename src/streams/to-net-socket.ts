// Owns the hand-over of a connection to node:net.

import { Socket as NetSocket } from 'node:net';
import type { AsyncConn } from '../contract/conn.js';
import { refusal } from '../error/make.js';
import { adopt } from '../promises/index.js';
import { checkConn } from './check-conn.js';

export function toNetSocket(conn: AsyncConn): NetSocket {
  const stream = checkConn(conn);
  const { family } = conn.localAddr;
  if (conn.tlsState !== 'none')
    throw refusal('ERR_SOCKET_STATE', 'config', 'a connection with TLS cannot be handed to node:net', {
      hint: 'Its keys stay in this process: toDuplex(conn) is the stream for it.',
    });
  if (family !== 'ipv4' && family !== 'ipv6' && family !== 'unix')
    throw refusal('ERR_SOCKET_STATE', 'config', `node:net has no sockets of the family ${family}`);
  stream.handle.checkIdle('config', 'toNetSocket');
  const ahead = stream.buffered > 0 ? stream.buffer.take(stream.buffered) : null;
  let fd: number;
  try {
    fd = conn.socket.detach();
  } catch (error) {
    if (ahead !== null) stream.buffer.prepend(ahead);
    throw error;
  }
  try {
    const socket = new NetSocket({ fd, readable: true, writable: true });
    if (ahead !== null) socket.unshift(ahead);
    return socket;
  } catch (error) {
    adopt(fd).close();
    throw error;
  }
}
