// Imports the promise colour; says how large it is.

import 'berkeley';

process.stdout.write(String(process.memoryUsage.rss()));
