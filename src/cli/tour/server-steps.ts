// Owns the steps of the tour that need a listener, several sockets or an address: accept, select, pair, names, refusals.

import { oneLine } from '../report.js';
import { limit, Skipped, type Tour, type TourStep } from './tour-step.js';

export const serverSteps: readonly TourStep[] = [
  {
    title: 'tryAccept',
    async run(tour) {
      const listener = await tour.net.listen(tour.fresh());
      try {
        tour.holds((await listener.tryAccept()) === null, 'nobody has come');
        const client = await tour.net.connect(listener.address, limit);
        await client.write('sent before accept', limit);
        await client.close();
        const served = await listener.tryAccept('5s');
        if (served === null) throw new Error('the client was not accepted');
        tour.same(await served.readAll(limit), 'sent before accept', 'what came before accept');
        await served.close();
        return 'nobody; then a client that had gone already';
      } finally {
        listener.close();
      }
    },
  },
  {
    title: 'select',
    run: (tour) =>
      tour.ask('echo', (quiet) =>
        tour.ask('echo', async (busy) => {
          const wanted: Parameters<Tour['net']['select']>[0] = [
            [quiet, { read: true }],
            [busy, { read: true }],
          ];
          tour.holds((await tour.net.select(wanted, { timeout: 0 })).length === 0, 'none is readable');
          await busy.write('!', limit);
          const ready = await tour.net.select(wanted, limit);
          tour.holds(
            ready.length === 1 && ready[0]?.index === 1 && ready[0].read === true,
            'the second one is readable',
          );
          tour.same(await busy.readExact(1, limit), '!', 'its byte');
          return 'none of two, then the one with a byte to read';
        }),
      ),
  },
  {
    title: 'refusal',
    async run(tour) {
      // Bound and not listening: the kernel refuses, and nobody else can take the place.
      const socket = tour.net.socket(tour.transport === 'unix' ? 'unix' : tour.transport === 'tcp6' ? 'ipv6' : 'ipv4');
      try {
        await socket.bind(tour.fresh());
        const error = await tour.failure('ECONNREFUSED', () => tour.net.connect(socket.getsockname(), limit));
        const attempts = 'attempts' in error && Array.isArray(error.attempts) ? error.attempts.length : 0;
        tour.holds(attempts === 1, 'the error lists the one attempt');
        return tour.transport === 'unix' ? 'ECONNREFUSED with its attempt' : oneLine(error).replace(/ \(.*/, '');
      } finally {
        socket.close();
      }
    },
  },
  {
    title: 'localhost',
    on: ['tcp4', 'tcp6'],
    async run(tour) {
      const { address, port } = tour.net.address(tour.server);
      const known = (await tour.net.lookup('localhost', undefined, limit)).map((one) => one.address);
      if (!known.includes(address)) throw new Skipped(`localhost is not ${address} here`);
      const conn = await tour.net.connect('localhost', port ?? 0, limit);
      const reached = conn.remoteAddr.address;
      await conn.close();
      tour.holds(reached === address, `${address} is reached, and not ${reached}`);
      return known.length > 1 ? `raced ${known.join(' and ')}; ${reached} won` : `is ${reached} only`;
    },
  },
  {
    title: 'pair',
    on: ['unix'],
    async run(tour) {
      const [left, right] = tour.net.pair();
      try {
        await left.write('ping', limit);
        tour.same(await right.readExact(4, limit), 'ping', 'left to right');
        await right.write('pong', limit);
        tour.same(await left.readExact(4, limit), 'pong', 'right to left');
        return 'socketpair(2), both directions';
      } finally {
        await left.close();
        await right.close();
      }
    },
  },
  {
    title: 'abstract name',
    on: ['unix'],
    async run(tour) {
      const name = `unix:@berkeley-tour-${process.pid}`;
      const listener = await tour.net.listen(name);
      try {
        const client = await tour.net.connect(name, limit);
        const served = await listener.accept(limit);
        await served.write('no file anywhere', limit);
        await served.close();
        tour.same(await client.readAll(limit), 'no file anywhere', 'through the name');
        await client.close();
        return name;
      } finally {
        listener.close();
      }
    },
  },
];
