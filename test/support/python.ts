// Owns the Python at the other end: a child process that runs a few lines, says lines on its output and takes lines on
// its input. It must not know what is tested.
//
//   const python = startPython(`listener = socket.create_server(('127.0.0.1', 0)); say(listener.getsockname()[1])`);
//   const port = Number(await python.line());
//   …
//   await python.end();   // it ended by itself, with code 0

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

const PRELUDE = `
import errno, os, select, signal, socket, struct, sys, time
def say(*words): print(*words, flush=True)
def hear(): return sys.stdin.readline().rstrip('\\n')
def exactly(s, n):
    parts = []
    while n > 0:
        part = s.recv(min(n, 65536))
        if not part: raise EOFError('%d bytes are missing' % n)
        parts.append(part)
        n -= len(part)
    return b''.join(parts)
def everything(s):
    parts = []
    while True:
        part = s.recv(65536)
        if not part: return b''.join(parts)
        parts.append(part)
`;

export interface Python {
  readonly pid: number;
  /** The next line that it says. Fails, with what it wrote to stderr, when it ends without one. */
  line(): Promise<string>;
  /** Sends it a line. */
  tell(text: string): void;
  /** Waits for its end, which must be a good one. */
  end(): Promise<void>;
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
}

export interface PythonOptions {
  /** `sys.argv[1:]`. */
  readonly args?: readonly string[];
}

/** Starts Python. Whatever happens to the test, the child is gone after it. */
export function startPython(t: TestContext, source: string, o: PythonOptions = {}): Python {
  const words = ['-I', '-S', '-u', '-c', PRELUDE + source, ...(o.args ?? [])];
  const child = spawn(interpreter(), words, { stdio: ['pipe', 'pipe', 'pipe'] });
  t.after(() => stop(child));
  return talkTo(child, source);
}

let found: string | null = null;

/** The file of the interpreter. `python3` may be a script of a version manager, which costs more than all that Python does here. */
export function interpreter(): string {
  return (found ??= execFileSync('python3', ['-I', '-S', '-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim());
}

/** A Python that does what it is told, statement by statement. */
export interface Puppet extends Python {
  /** Runs statements, and waits until they were run. */
  run(statements: string): Promise<void>;
  /** Has statements run without waiting for them. `caughtUp` waits for all of them. */
  begin(statements: string): void;
  caughtUp(): Promise<void>;
  /** The value of an expression, through JSON. */
  value(expression: string): Promise<unknown>;
}

const STAGE = `
import json
for line in sys.stdin:
    text, wanted = json.loads(line)
    try:
        if wanted: say(json.dumps(eval(text)))
        else:
            exec(text, globals())
            say('done')
    except BaseException as error:
        say('failed: %r in %r' % (error, text))
`;

/** Starts a Python that waits for statements; `setting` is run first, and may use `sys.argv`. */
export function startPuppet(t: TestContext, setting = '', o: PythonOptions = {}): Puppet {
  const python = startPython(t, `${setting}\n${STAGE}`, o);
  let begun = 0;
  async function done(): Promise<void> {
    begun--;
    const answer = await python.line();
    if (answer !== 'done') throw new Error(`Python ${answer}`);
  }
  const puppet = {
    ...python,
    begin(statements: string) {
      begun++;
      python.tell(JSON.stringify([statements, false]));
    },
    async caughtUp() {
      while (begun > 0) await done();
    },
    async run(statements: string) {
      puppet.begin(statements);
      await puppet.caughtUp();
    },
    async value(expression: string): Promise<unknown> {
      await puppet.caughtUp();
      python.tell(JSON.stringify([expression, true]));
      const answer = await python.line();
      if (answer.startsWith('failed: ')) throw new Error(`Python ${answer}`);
      return JSON.parse(answer);
    },
  };
  return puppet;
}

function talkTo(child: ChildProcess, source: string): Python {
  let wrong = '';
  child.stderr!.on('data', (piece: Buffer) => (wrong += piece.toString()));
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`));
  });
  child.stdin!.on('error', () => undefined);
  const failure = (how: string): Error => new Error(`Python ${how}\n${wrong}\n--- its program\n${source}`);
  return {
    pid: child.pid ?? -1,
    async line() {
      const { done, value } = await lines.next();
      if (done) throw failure((await ended) || 'ended without saying a line');
      return value;
    },
    tell: (text) => void child.stdin!.write(`${text}\n`),
    async end() {
      child.stdin!.end();
      const how = await ended;
      if (how !== '') throw failure(how);
    },
    kill: (signal) => void child.kill(signal),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
