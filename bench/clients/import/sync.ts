// Imports the blocking colour; says how large it is.

import 'berkeley/sync';

process.stdout.write(String(process.memoryUsage.rss()));
