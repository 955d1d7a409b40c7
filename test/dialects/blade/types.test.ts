// The types of Blade's module say what the module does. The compiler is the judge: nothing of this is run but the first lines.

import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import * as blade from 'berkeley/dialects/blade';

test('the types allow what is allowed, and nothing else', () => {
  assert.equal(typeof allowed, 'function');
  assert.equal(typeof refused, 'function');
});

async function allowed(socket: blade.Socket): Promise<void> {
  const made: blade.Socket[] = [blade.Socket(), new blade.Socket(null), blade.socket(blade.AF_INET, null, 6)];
  const done: boolean[] = [socket.connect(), socket.bind(0), socket.listen(null), socket.shutdown(), socket.close()];
  const counts: number[] = [socket.send('x'), socket.send(await open('/dev/null')), socket.send({ path: '/dev/null' })];
  const texts: (string | null)[] = [socket.receive(), socket.read(), socket.info().address ?? null];
  const option: number | string | null = socket.get_option(blade.SO_ERROR);
  const from: blade.ReceivedFrom | null = socket.receive_from();
  const address: blade.AddressInfo | null = blade.get_address_info('localhost');
  const next: blade.Socket = socket.accept();
  const error: Error = new blade.SocketException('words');
  await Promise.resolve([made, done, counts, texts, option, from, address, next, error]);
}

function refused(socket: blade.Socket): void {
  // @ts-expect-error a family is a number
  blade.Socket('AF_INET');
  // @ts-expect-error a port is a number
  socket.connect('127.0.0.1', '80');
  // @ts-expect-error a number is no message
  socket.send(5);
  // @ts-expect-error a file is no datagram
  socket.send_to('127.0.0.1', 9, null, { path: '/dev/null' });
  // @ts-expect-error the end is null
  assert.ok(socket.receive().length);
  // @ts-expect-error nobody sets it
  socket.is_closed = true;
  // @ts-expect-error an option has a value
  socket.set_option(blade.SO_KEEPALIVE);
  // @ts-expect-error it is true or false
  socket.set_blocking(0);
  // @ts-expect-error there may be no such address
  assert.ok(blade.get_address_info('localhost').ip);
}
