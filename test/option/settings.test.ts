// Lists of options that are set right after socket(2), and what accepted sockets have of their listener's.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { failure, inBothColours } from '../net/kit.js';

const { options } = promises;
type Settings = promises.OptionSetting[];

inBothColours('options of connect are set before the first packet leaves', async (net, t) => {
  // The window and the segment size stand in the SYN, which Python keeps and looks at.
  const peer = startPuppet(
    t,
    `listener = socket.create_server(('127.0.0.1', 0))
listener.setsockopt(socket.IPPROTO_TCP, 27, 1)`,
  );
  const port = Number(await peer.value('listener.getsockname()[1]'));
  const settings: Settings = [
    [options.TCP_MAXSEG, 1111],
    [options.SO_RCVBUF, 4096],
    [options.IP_TOS, 0x28],
  ];
  const conn = await net.connect(`127.0.0.1:${port}`, { options: settings });
  t.after(() => conn.abort());
  await peer.run('c, _ = listener.accept(); syn = c.getsockopt(socket.IPPROTO_TCP, 28, 256)');
  // The first option of the SYN is the segment size: kind 2, length 4. The second byte of the IP header is the TOS.
  assert.equal(await peer.value('syn[1]'), 0x28);
  assert.equal(await peer.value('list(syn[40:42])').then(String), '2,4');
  assert.equal(await peer.value(`struct.unpack('!H', syn[42:44])[0]`), 1111);
  assert.equal(conn.socket.getOption(options.SO_RCVBUF), 8192);
});

inBothColours('options of listen are set before bind, and connections that come have them', async (net, t) => {
  const settings: Settings = [
    [options.SO_RCVBUF, 30_000],
    [options.SO_KEEPALIVE, true],
    [options.TCP_KEEPIDLE, 33],
    [options.TCP_USER_TIMEOUT, 4321],
    [options.SO_LINGER, 3000],
    [options.TCP_DEFER_ACCEPT, 1],
    [options.IP_FREEBIND, true],
  ];
  // Nobody has this address, so only IP_FREEBIND before bind(2) makes it possible.
  const free = await net.listen('198.51.100.7:0', { options: settings });
  free.close();
  const listener = await net.listen('127.0.0.1:0', { options: settings });
  t.after(() => listener.close());
  const peer = startPuppet(t, `c = socket.create_connection(('127.0.0.1', ${listener.address.port}))`);
  peer.begin(`c.sendall(b'first')`);
  const conn = await listener.accept({ timeout: 5000 });
  t.after(() => conn.abort());
  for (const one of [listener.sockets[0]!, conn.socket]) {
    assert.equal(one.getOption(options.SO_RCVBUF), 60_000);
    assert.equal(one.getOption(options.SO_KEEPALIVE), true);
    assert.equal(one.getOption(options.TCP_KEEPIDLE), 33);
    assert.equal(one.getOption(options.TCP_USER_TIMEOUT), 4321);
    assert.equal(one.getOption(options.SO_LINGER), 3000);
  }
  conn.socket.setOption(options.SO_LINGER, 0);
});

inBothColours('14. TCP_DEFER_ACCEPT: accept sees a connection when its first data has come', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0', { options: [[options.TCP_DEFER_ACCEPT, 30]] });
  t.after(() => listener.close());
  const peer = startPuppet(t, `c = socket.create_connection(('127.0.0.1', ${listener.address.port}))`);
  await peer.run('pass');
  assert.equal(await listener.tryAccept(50), null);
  peer.begin(`c.sendall(b'now')`);
  const conn = await listener.accept({ timeout: 5000 });
  assert.equal((await conn.read())?.toString(), 'now');
  conn.abort();
});

inBothColours('a list that cannot be is refused before anything is opened, by the name of the option', async (net) => {
  for (const [list, name] of [
    ['SO_KEEPALIVE', 'options'],
    [[options.SO_KEEPALIVE], 'options'],
    [[[options.SO_KEEPALIVE]], 'options'],
    [[[options.SO_KEEPALIVE, 1]], 'SO_KEEPALIVE'],
    [[['SO_KEEPALIVE', true]], 'option'],
    [[[options.IP_ADD_MEMBERSHIP, { group: 'nowhere' }]], 'IP_ADD_MEMBERSHIP.group'],
  ] as const) {
    const bad = list as unknown as Settings;
    for (const call of [
      () => net.connect('127.0.0.1:1', { options: bad }),
      () => net.listen('127.0.0.1:0', { options: bad }),
    ]) {
      const error = (await failure(call)) as Error;
      assert.ok(error instanceof TypeError, String(error));
      assert.ok(error.message.includes(`"${name}"`), error.message);
    }
  }
  const wrongWay = [[options.SO_TYPE, 1]] as Settings;
  assert.equal((await failure(() => net.connect('127.0.0.1:1', { options: wrongWay }))).code, 'ERR_OPTION_DIRECTION');
});

inBothColours('an option that the kernel refuses fails the call, and leaves nothing open', async (net) => {
  const settings: Settings = [[options.TCP_CONGESTION, 'no-such-algorithm']];
  const refused = await failure(() => net.listen('127.0.0.1:0', { options: settings }));
  assert.deepEqual([refused.code, refused.syscall, refused.phase], ['ENOENT', 'setsockopt', 'option']);
  const dialled = await failure(() => net.connect('127.0.0.1:1', { options: settings }));
  assert.equal(dialled.code, 'ENOENT');
});
