// Owns the tests of the TLS addon in several environments at once, and of what happens where it cannot be loaded.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { pki } from '../support/pki.js';
import { installed, temporaryFolder } from '../support/server.js';
import { connected, der, keyDer } from './sessions.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('workers shake hands at the same time, are terminated in the middle, and the main thread goes on', async (t) => {
  const workerData = { chain: der(pki().server.cert), key: keyDer(pki().server), root: der(pki().root.leaf)[0] };
  for (let round = 0; round < 3; round++) {
    const workers = Array.from(
      { length: 4 },
      () => new Worker(new URL('./tls-worker.js', import.meta.url), { workerData }),
    );
    t.after(() => Promise.all(workers.map((worker) => worker.terminate())));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const [client, server] = connected(t);
    client.write('meanwhile');
    assert.equal(server.text(), 'meanwhile');
    await Promise.all(workers.map((worker) => worker.terminate()));
    server.write('afterwards');
    assert.equal(client.text(), 'afterwards');
  }
});

/** What loadTls says in a copy of the library whose TLS addon is `addon`. */
function load(folder: string, addon: string | null): { code?: string; message?: string; hint?: string } {
  const copy = join(folder, 'copy');
  rmSync(copy, { recursive: true, force: true });
  for (const part of ['native', 'error', 'contract'])
    cpSync(join(root, 'compiled', part), join(copy, 'compiled', part), { recursive: true });
  const release = join(copy, 'native', 'build', 'Release');
  mkdirSync(release, { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  cpSync(join(root, 'native', 'build', 'Release', 'berkeley.node'), join(release, 'berkeley.node'));
  if (addon !== null) cpSync(addon, join(release, 'berkeley_tls.node'));
  const program = `
    const { loadTls } = await import(${JSON.stringify(join(copy, 'compiled', 'native', 'load-tls.js'))});
    try { loadTls(); console.log('{}'); }
    catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })); }`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as object;
}

test('where the addon for TLS is missing, ERR_TLS_MISSING says how to build it', (t) => {
  const folder = temporaryFolder(t);
  assert.deepEqual(load(folder, join(root, 'native', 'build', 'Release', 'berkeley_tls.node')), {});
  const { code, message, hint } = load(folder, null);
  assert.equal(code, 'ERR_TLS_MISSING');
  assert.match(message!, /no addon for TLS on linux .*berkeley_tls\.node/);
  assert.match(hint!, /npm run build/);
});

test("where OpenSSL's symbols are missing, ERR_TLS_MISSING names one and the process lives", (t) => {
  const compiler = installed(t, 'g++');
  if (compiler === null) return;
  const folder = temporaryFolder(t);
  const addon = join(folder, 'addon.node');
  const source =
    'extern "C" int SSL_nowhere(); extern "C" void* napi_register_module_v1() { SSL_nowhere(); return 0; }';
  execFileSync(compiler, ['-shared', '-fPIC', '-Wl,-z,now', '-x', 'c++', '-', '-o', addon], { input: source });
  const { code, message, hint } = load(folder, addon);
  assert.equal(code, 'ERR_TLS_MISSING');
  assert.match(message!, /undefined symbol: SSL_nowhere/);
  assert.match(hint!, /needs OpenSSL 3/);
});

test('where OpenSSL is of another version, ERR_TLS_MISSING names it', (t) => {
  const compiler = installed(t, 'g++');
  if (compiler === null) return;
  const folder = temporaryFolder(t);
  const addon = join(folder, 'addon.node');
  // An addon that exports what its environment gives for `exports`, with versionNumber and versionText of its own.
  const source = `
extern "C" {
typedef struct napi_env__* napi_env; typedef struct napi_value__* napi_value; typedef void* info;
int napi_create_uint32(napi_env, unsigned, napi_value*);
int napi_create_string_utf8(napi_env, const char*, unsigned long, napi_value*);
int napi_create_function(napi_env, const char*, unsigned long, napi_value (*)(napi_env, info), void*, napi_value*);
int napi_set_named_property(napi_env, napi_value, const char*, napi_value);
static napi_value number(napi_env env, info) { napi_value v = 0; napi_create_uint32(env, 0x101010bf, &v); return v; }
static napi_value text(napi_env env, info) { napi_value v = 0; napi_create_string_utf8(env, "OpenSSL 1.1.1", 13, &v); return v; }
napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value f; napi_create_function(env, "a", 1, number, 0, &f); napi_set_named_property(env, exports, "versionNumber", f);
  napi_create_function(env, "b", 1, text, 0, &f); napi_set_named_property(env, exports, "versionText", f);
  return exports;
}}`;
  execFileSync(compiler, ['-shared', '-fPIC', '-x', 'c++', '-', '-o', addon], { input: source });
  const { code, message, hint } = load(folder, addon);
  assert.equal(code, 'ERR_TLS_MISSING');
  assert.match(message!, /it has OpenSSL 1\.1\.1/);
  assert.match(hint!, /needs OpenSSL 3/);
});
