// Owns a message bus to test against: dbus-daemon with a configuration of its own. It must not know who speaks with it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { installed, launch } from './launch.js';

const configuration = (path: string): string => `<busconfig>
  <type>session</type><listen>unix:path=${path}</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/** Where its socket is, and a folder that lives as long as it; null where there is no dbus-daemon. */
export async function startBus(t: TestContext): Promise<{ path: string; folder: string } | null> {
  const daemon = installed(t, 'dbus-daemon');
  if (daemon === null) return null;
  const { folder } = await launch(t, 0, (place) => {
    const file = join(place, 'bus.conf');
    writeFileSync(file, configuration(join(place, 'bus')));
    return { command: [daemon, `--config-file=${file}`, '--nofork', '--print-address'], ready: /^unix:path=/m };
  });
  return { path: join(folder, 'bus'), folder };
}
