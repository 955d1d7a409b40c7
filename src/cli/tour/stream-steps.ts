// Owns the steps of the tour on one stream: connecting, reading in every way, half-close, limits.

import { limit, type TourStep } from './tour-step.js';

export const streamSteps: readonly TourStep[] = [
  {
    title: 'connect',
    async run(tour) {
      const conn = await tour.net.connect(tour.server, limit);
      const { remoteAddr, localAddr } = conn;
      await conn.close();
      tour.holds(remoteAddr.toString() === tour.server, `the peer is ${tour.server}, and not ${remoteAddr.toString()}`);
      tour.holds(conn.closeInfo?.by === 'local' && conn.closeInfo.clean, 'the connection was closed by us, cleanly');
      return tour.transport === 'unix' ? 'and close, cleanly' : `from ${localAddr.toString()}, and close, cleanly`;
    },
  },
  {
    title: 'readLine',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        await conn.write(['first\r\n', 'second\n', '\n', 'a \r inside\n', 'last'], limit);
        await conn.closeWrite();
        for (const line of ['first', 'second', '', 'a \r inside', 'last'])
          tour.same(await conn.readLine(limit), line, 'a line');
        tour.holds((await conn.readLine(limit)) === null, 'the end is null');
        return '5 lines from one sendmsg, CR LF and LF, the end';
      }),
  },
  {
    title: 'readExact',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        const frame = Buffer.from([0, 0, 0, 5, 0xc0, 0xff, 0xee, 0, 1]);
        await conn.write(frame, limit);
        const size = (await conn.readExact(4, limit)).readUInt32BE();
        tour.same(await conn.readExact(size, limit), frame.subarray(4), 'the frame');
        return `a frame of ${size} bytes behind its length`;
      }),
  },
  {
    title: 'readUntil',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        await conn.write('key=value; more=;', limit);
        tour.same(await conn.readUntil('=', { ...limit, keep: false }), 'key', 'up to the delimiter');
        tour.same(await conn.readUntil(['; ', '='], limit), 'value; ', 'up to the first of two');
        tour.same(await conn.peek(5, limit), 'more=', 'peek');
        conn.unread('no ');
        tour.same(await conn.readExact(9, limit), 'no more=;', 'what was put back, then the rest');
        return 'one of two delimiters, peek, unread';
      }),
  },
  {
    title: 'half-close',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        const said = 'all that I have to say';
        await conn.write(said, limit);
        await conn.closeWrite();
        tour.same(await conn.readAll(limit), said, 'everything');
        tour.holds((await conn.read(1, limit)) === null, 'the end stays the end');
        return 'closeWrite, then readAll to the end';
      }),
  },
  {
    title: 'time limit',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        await conn.write('abc', limit);
        await conn.peek(3, limit);
        const from = performance.now();
        await tour.failure('ETIMEDOUT', () => conn.readExact(6, { timeout: 40 }));
        const ms = performance.now() - from;
        tour.holds(ms >= 39, `40 ms are not over after ${ms.toFixed(1)} ms`);
        await conn.write('def', limit);
        tour.same(await conn.readExact(6, limit), 'abcdef', 'what came before the limit and after it');
        return `40 ms expired after ${ms.toFixed(1)} ms; nothing was consumed`;
      }),
  },
  {
    title: 'early end',
    run: (tour) =>
      tour.ask('echo', async (conn) => {
        await conn.write('half', limit);
        await conn.closeWrite();
        const error = await tour.failure('ERR_UNEXPECTED_EOF', () => conn.readExact(8, limit));
        tour.same('partial' in error ? (error.partial as Buffer) : null, 'half', 'the part that came');
        return 'readExact(8) finds 4: an error that carries them';
      }),
  },
];
