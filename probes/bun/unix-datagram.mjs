import { existsSync } from 'node:fs';
import { check, folder, say } from '../kit.mjs';

for (const options of [{ unix: `${folder}/answer` }, { path: `${folder}/answer` }]) {
  await Bun.udpSocket(options).catch(() => null);
  check(!existsSync(`${folder}/answer`), 'a socket of the file system');
}
say('no', '`Bun.udpSocket` is UDP only');
