#!/usr/bin/env node
// Owns the `berkeley` command: which part runs, and the exit codes: 0 done, 1 the connection or a step of the tour failed,
// 2 wrong usage; `tls` has more (failure.ts). It must not know what the parts do with a connection.

import { readFileSync } from 'node:fs';
import { parseCommand } from './arguments.js';
import { runConnect } from './connect.js';
import { runDoctor } from './doctor.js';
import { runListen } from './listen.js';
import { runOptions } from './options.js';
import { OutputClosed } from './output.js';
import { runPing } from './ping.js';
import { runRelay } from './relay.js';
import { isMisuse, oneLine } from './report.js';
import { runTls } from './tls.js';
import { runTour } from './tour.js';
import { runUdp } from './udp.js';
import { UsageError, usage } from './usage.js';

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error);
}

async function run(words: string[]): Promise<number> {
  const command = parseCommand(words);
  switch (command.name) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return 0;
    case 'connect':
      await runConnect(command);
      return 0;
    case 'listen':
      await runListen(command);
      return 0;
    case 'relay':
      await runRelay(command);
      return 0;
    case 'tls':
      return runTls(command);
    case 'udp':
      await runUdp(command);
      return 0;
    case 'ping':
      return runPing(command);
    case 'doctor':
      return runDoctor(command, version());
    case 'options':
      await runOptions(command);
      return 0;
    case 'tour':
      return (await runTour(version())) ? 0 : 1;
  }
}

/** One line for a person, never a stack. Returns the exit code. */
function explain(error: unknown): number {
  // Whoever read our output has gone (`| head`): there is nobody left to tell.
  if (error instanceof OutputClosed) return 1;
  process.stderr.write(`berkeley: ${oneLine(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('berkeley --help explains the usage.\n');
  return error instanceof UsageError || isMisuse(error) ? 2 : 1;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
