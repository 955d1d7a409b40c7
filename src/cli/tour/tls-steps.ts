// Owns the steps of the tour with TLS: from the first byte, in the middle of a conversation, and not at all, because
// the certificate is refused.

import type { TlsOptions } from '../../contract/tls.js';
import { limit, Skipped, type Tour, type TourStep } from './tour-step.js';

export const tlsSteps: readonly TourStep[] = [
  {
    title: 'TLS',
    async run(tour) {
      const { tls } = withTls(tour);
      const conn = await tour.net.connect(tls.server, { tls: trusting(tls.cert), ...limit });
      try {
        const said = 'nobody else reads this';
        await conn.write(['echo\n', said], limit);
        await conn.closeWrite();
        tour.same(await conn.readAll(limit), said, 'the echo');
        if (conn.tls === null) throw new Error('the connection has no TLS');
        const { authorized, version, cipher, group } = conn.tls;
        tour.holds(authorized, 'the certificate is valid for localhost');
        return [version, cipher, group ?? 'no group'].join(', ');
      } finally {
        await conn.close();
      }
    },
  },
  {
    title: 'STARTTLS',
    run(tour) {
      const { tls } = withTls(tour);
      return tour.ask('starttls', async (conn) => {
        tour.same(await conn.readLine(limit), '220 go on', 'the answer in plain text');
        const { version } = await conn.startTls({ ...trusting(tls.cert), ...limit });
        await conn.writeLine('under TLS', limit);
        tour.same(await conn.readLine(limit), 'under TLS', 'the line under TLS');
        await conn.stopTls(limit);
        tour.holds(conn.tls === null, 'TLS is over');
        await conn.writeLine('and without', limit);
        tour.same(await conn.readLine(limit), 'and without', 'the line after TLS');
        return `plain text, ${version}, and plain text again`;
      });
    },
  },
  {
    title: 'untrusted',
    async run(tour) {
      const { tls } = withTls(tour);
      const options: TlsOptions = { serverName: 'localhost' };
      const code = 'DEPTH_ZERO_SELF_SIGNED_CERT';
      await tour.failure(code, () => tour.net.connect(tls.server, { tls: options, ...limit }));
      return `refused: ${code}`;
    },
  },
];

/** The certificate signs itself, so it is its own CA. */
function trusting(cert: string): TlsOptions {
  return { ca: cert, serverName: 'localhost' };
}

function withTls(tour: Tour): { tls: NonNullable<Tour['tls']> } {
  if (tour.tls === null) throw new Skipped("the optional package 'node-forge' makes the certificate");
  return { tls: tour.tls };
}
