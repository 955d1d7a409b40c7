// Imports what Node has for sockets; says how large it is.

import 'node:dgram';
import 'node:net';
import 'node:tls';

process.stdout.write(String(process.memoryUsage.rss()));
