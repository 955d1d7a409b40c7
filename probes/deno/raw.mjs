import { say } from '../kit.mjs';

for (const transport of ['raw', 'icmp', 'ip']) {
  try {
    const opened = Deno.listenDatagram({ transport, hostname: '127.0.0.1', port: 0 });
    if (opened !== undefined) say('partly', `a socket of the transport ${transport}`);
  } catch {
    // the answer that is expected
  }
}
say('no', 'there are none');
