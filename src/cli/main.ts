#!/usr/bin/env node
// Owns the `berkeley` command: which part runs, and the exit code (manual/exit-codes.ts says what they mean). It must not know
// what the parts do with a connection. A part is loaded when it is to run: nobody who asks for help waits for TLS.

import { readFileSync } from 'node:fs';
import { parseCommand, type Command } from './arguments.js';
import { entryOf } from './manual/commands.js';
import { OutputClosed } from './output.js';
import { UsageError } from './usage.js';

const words = process.argv.slice(2);
try {
  process.exitCode = await run(parseCommand(words));
} catch (error) {
  process.exitCode = await explain(error);
}

async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help': {
      const { helpOf, overview } = await import('./manual/help.js');
      process.stdout.write(command.of === null ? overview() : helpOf(entryOf(command.of)));
      return 0;
    }
    case 'version':
      process.stdout.write(`${version()}\n`);
      return 0;
    case 'completion': {
      const [{ completion }, { commands }] = await Promise.all([
        import('./manual/completion.js'),
        import('./manual/commands.js'),
      ]);
      process.stdout.write(completion(command.shell, commands));
      return 0;
    }
    case 'connect':
      return (await import('./connect.js')).runConnect(command);
    case 'listen':
      return (await import('./listen.js')).runListen(command);
    case 'relay':
      return (await import('./relay.js')).runRelay(command);
    case 'tls':
      return (await import('./tls.js')).runTls(command);
    case 'udp':
      return (await import('./udp.js')).runUdp(command);
    case 'dns':
      return (await import('./dns.js')).runDns(command);
    case 'ping':
      return (await import('./ping.js')).runPing(command);
    case 'options':
      return (await import('./options.js')).runOptions(command);
    case 'cert':
      return (await import('./cert.js')).runCert(command);
    case 'bench':
      return (await import('./bench.js')).runBench(command);
    case 'doctor':
      return (await import('./doctor.js')).runDoctor(command, version());
    case 'tour':
      return (await import('./tour.js')).runTour(command, version());
  }
}

/** One line for a person, or one object, never a stack. Returns the exit code. */
async function explain(error: unknown): Promise<number> {
  // Whoever read our output has gone (`| head`): there is nobody left to tell.
  if (error instanceof OutputClosed) return 1;
  const { exitCodeOf, failureOf } = await import('./failure.js');
  const exitCode = exitCodeOf(error);
  if (words.includes('--json')) {
    const { visibleJson } = await import('./visible.js');
    process.stderr.write(`${visibleJson({ event: 'error', ...failureOf(error), exitCode })}\n`);
    return exitCode;
  }
  const [{ oneLine }, { styled }] = await Promise.all([import('./report.js'), import('./style.js')]);
  process.stderr.write(`${styled(process.stderr, 'red', 'berkeley:')} ${oneLine(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('berkeley --help explains the usage.\n');
  return exitCode;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
