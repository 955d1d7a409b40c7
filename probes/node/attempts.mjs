import { once } from 'node:events';
import { connect } from 'node:net';
import { check, peer, say } from '../kit.mjs';

// In place of a name with two addresses.
const found = peer.hosts.map((address) => ({ address, family: 4 }));
const lookup = (_, { all }, done) => (all ? done(null, found) : done(null, found[0].address, 4));
const socket = connect({ host: 'two.example', port: peer.port, lookup, autoSelectFamily: true });
const [error] = await once(socket, 'error');
const errors = error.errors ?? [];
const seen = errors.map((one) => `${one.address} ${one.code}`);
const all = peer.hosts.every((host) => seen.includes(`${host} ECONNREFUSED`));
check(all || errors.length < 2, seen.join());
if (all) say('yes', '`errors` of an AggregateError: address and code');
say('no', `one error for the whole: ${error.code} ${error.address ?? ''}`.trim());
