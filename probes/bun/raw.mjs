import { check, say } from '../kit.mjs';

check(!Object.keys(Bun).some((name) => /raw|icmp|ping/i.test(name)), Object.keys(Bun).join());
say('no', 'there are none');
