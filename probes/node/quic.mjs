import { spawnSync } from 'node:child_process';
import { check, say } from '../kit.mjs';

const plain = await import('node:quic').catch((error) => error.code);
check(typeof plain === 'string', 'node:quic is there');
// Behind its flag, where the binary was built with it.
const program = "import('node:quic').then(() => console.log('there'))";
const { status, stdout } = spawnSync(process.execPath, ['--experimental-quic', '-e', program], { encoding: 'utf8' });
check(status !== 0 || !stdout.includes('there'), 'node:quic is there behind its flag');
say('no', '`node:quic` is not in the official build, not even behind its flag');
