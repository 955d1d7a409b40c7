import { connect, constants, options } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const { socket } = await connect(`${peer.host}:${peer.port}`);
socket.setsockopt(constants.IPPROTO_TCP, constants.TCP_USER_TIMEOUT, 1234);
socket.setOption(options.TCP_CONGESTION, 'reno');
check(socket.getsockopt(constants.IPPROTO_TCP, constants.TCP_USER_TIMEOUT) === 1234, 'the number');
check(socket.getOption(options.TCP_CONGESTION) === 'reno', 'the text');
say('yes', '`setOption` by typed token, `setsockopt` by number');
