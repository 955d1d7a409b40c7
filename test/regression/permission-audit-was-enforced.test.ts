// Under --permission-audit Node refuses nothing and only tells who listens. `process.permission.has` says no there as well, which the
// library took for a refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enforced, evaluate, noAudit, noScope, permission } from '../support/permission.js';

test('under --permission-audit nothing is refused, and who listens hears what would be', { skip: noAudit }, () => {
  const heard = ['let n = 0;', `import { subscribe } from 'node:diagnostics_channel';`]
    .concat(`subscribe('node:permission-model:${noScope === false ? 'net' : 'fs'}', () => n++);`)
    .concat(`const net = await import('berkeley/sync'); net.listen(0).close();`)
    .concat(`const [a] = net.pair(); console.log(n > 0 || ${noScope !== false}, a.writeFile('package.json') > 0);`);
  const flags = ['--permission-audit', '--allow-addons'];
  const { stdout, stderr } = evaluate(heard.join('\n'), flags);
  assert.equal(stdout, 'true true\n', stderr);
  // The stronger of the two counts, wherever it stands.
  const refused = `try { (await import('berkeley/sync')).pair()[0].writeFile('/etc/passwd'); console.log('sent'); }
    catch (error) { console.log(error.code); }`;
  const both = evaluate(refused, ['--permission-audit', ...enforced], { NODE_OPTIONS: '--permission-audit' });
  assert.equal(both.stdout, 'ERR_ACCESS_DENIED\n', both.stderr);
  const outside = evaluate(refused, enforced.slice(1), { NODE_OPTIONS: `--permission-audit ${permission}` });
  assert.equal(outside.stdout, 'ERR_ACCESS_DENIED\n', outside.stderr);
});
