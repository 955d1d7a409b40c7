// Owns running one probe: its peer, its folder, its limit, what it said, what was counted. It must not know the rows' meaning, nor
// what becomes of an answer.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const LIMIT = 15_000;

const CONFIGURATION = `
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
subjectAltName = DNS:localhost,IP:127.0.0.1
`;

let certificates;

/** Whether system calls can be counted here: strace(1) needs ptrace(2). */
export const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** The file of a probe, or null where a column has none for the row. */
export function fileOf(folder, row) {
  const file = join(here, folder, `${row.name}${folder === 'python' ? '.py' : '.mjs'}`);
  return existsSync(file) ? file : null;
}

/**
 * What a program answers: `verdict` and `why`, and `error` in place of a verdict where the probe itself has failed.
 * `command` is what stands before the file.
 */
export async function runProbe(row, command, file) {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-probe-'));
  for (const name of ['ca.pem', 'cert.pem', 'key.pem']) copyFileSync(join(certificate(), name), join(folder, name));
  const other = row.peer ? await startPeer(row.name, folder) : null;
  try {
    const trace = row.traced === undefined ? null : join(folder, 'trace');
    const words = [...command, file];
    if (row.launched) words.unshift('python3', join(here, 'launch.py'), folder);
    if (trace !== null) words.unshift('strace', '-f', '-qq', '-o', trace, '-e', `trace=${row.traced.join()}`);
    const answer = await run(words, folder, other?.at ?? '{}');
    if (answer.verdict === undefined) return answer;
    if (trace !== null && answer.verdict === 'yes') Object.assign(answer, row.judge(countCalls(trace)));
    if (other !== null && answer.verdict === 'yes' && !(await other.saw()))
      return { error: 'the probe says yes, and its peer has not seen it' };
    return answer;
  } finally {
    other?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what the probes share. */
export function cleanUp() {
  if (certificates !== undefined) rmSync(certificates, { recursive: true, force: true });
}

async function run([program, ...words], folder, at) {
  const child = spawn(program, words, {
    cwd: here,
    env: { ...process.env, PROBE_PEER: at, PROBE_FOLDER: folder, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: here },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // The whole group: strace would leave what it traces behind.
  const limit = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), LIMIT);
  let out = '';
  let complaints = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (complaints += data));
  const [code, signal] = await once(child, 'close');
  clearTimeout(limit);
  const last = out.trimEnd().split('\n').at(-1);
  try {
    return JSON.parse(last);
  } catch {
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    return { error: `it ${how} and said ${out}${complaints}`.trim() };
  }
}

async function startPeer(scene, folder) {
  const child = spawn('python3', [join(here, 'peer.py'), scene, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: at } = await lines.next();
  return {
    at,
    async saw() {
      child.stdin.end();
      const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
      const { value } = await lines.next();
      clearTimeout(patience);
      return value !== undefined && JSON.parse(value).saw;
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function countCalls(trace) {
  // A call that another thread has interrupted has two lines, of which the second begins with "<...".
  return readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => /^\d+ +\w+\(/.test(line) && !/ (ENOSYS|EINVAL|EAGAIN)/.test(line)).length;
}

/** A certificate for `localhost`, and the authority that has signed it: some take none that signs itself. */
function certificate() {
  if (certificates !== undefined) return certificates;
  certificates = mkdtempSync(join(tmpdir(), 'berkeley-probes-'));
  writeFileSync(join(certificates, 'openssl.conf'), CONFIGURATION);
  const shared = [
    'req',
    '-x509',
    '-config',
    'openssl.conf',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
  ];
  const root = ['-subj', '/CN=probes', '-extensions', 'root', '-keyout', 'ca.key', '-out', 'ca.pem'];
  const leaf = ['-subj', '/CN=localhost', '-extensions', 'leaf', '-keyout', 'key.pem', '-out', 'cert.pem'];
  for (const words of [root, [...leaf, '-CA', 'ca.pem', '-CAkey', 'ca.key']])
    execFileSync('openssl', [...shared, ...words], { cwd: certificates, stdio: 'pipe' });
  return certificates;
}
