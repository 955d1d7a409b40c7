import { address, connect } from 'berkeley';
import { check, peer, say } from '../kit.mjs';

const lookup = { lookup: () => Promise.resolve(peer.hosts.map((host) => address(`${host}:${peer.port}`))) };
const error = await connect('two.example', peer.port, { lookup }).catch((reason) => reason);
const seen = error.attempts.map((attempt) => `${attempt.address} ${attempt.code}`);
check(seen.length === 2 && seen.every((one) => one.endsWith(' ECONNREFUSED')), seen.join());
check(
  peer.hosts.every((host, i) => seen[i].includes(host)),
  seen.join(),
);
say('yes', '`error.attempts`: address, code and milliseconds');
