import * as net from 'berkeley';
import { check, say } from '../kit.mjs';

check(!Object.keys(net).some((name) => /quic/i.test(name)), 'an interface for QUIC');
say('no', 'there is no interface for it');
