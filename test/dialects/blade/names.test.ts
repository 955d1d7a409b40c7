// Names with several addresses, in a network of its own.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missing, temporaryFolder } from '../../support/launch.js';

test('connect tries every address of a name, within one limit', { timeout: 30_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const names = '127.0.0.1 localhost\n127.0.0.2 many\n127.0.0.3 many\n127.0.0.1 many\n127.0.0.4 dead\n127.0.0.5 dead\n';
  writeFileSync(join(folder, 'hosts'), names);
  // No name server answers in there, and none is to be asked.
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files\nservices: files\n');
  const mounts = 'mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf';
  const own = ['-rnm', 'sh', '-c', `ip link set lo up && ${mounts} && exec "$@"`, folder];
  if (spawnSync('unshare', [...own, 'true']).status !== 0) {
    missing(t, 'no namespaces of its own may be made here');
    return;
  }
  const child = fileURLToPath(new URL('children/names.js', import.meta.url));
  const { stdout } = await promisify(execFile)('unshare', [...own, process.execPath, child], { timeout: 20_000 });
  assert.deepEqual(JSON.parse(stdout), {
    'the address that answers': [true, 'many', '127.0.0.3'],
    'nobody listens': ['<SocketException: Connection refused>', true],
    'the limit is for all of it': ['<SocketException: Connection timed out>', true],
    'a datagram goes to the first': 'to the first',
    'the first address': '127.0.0.1',
  });
});
