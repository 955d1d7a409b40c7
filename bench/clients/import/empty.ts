// Imports nothing; says how large it is.

process.stdout.write(String(process.memoryUsage.rss()));
