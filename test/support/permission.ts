// Owns how a program is run under Node's permission model: which flags this line of Node has for it, and a process of its own.
// It must not know what is asked.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const known = process.allowedNodeEnvironmentFlags;

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The flag that turns the model on. */
export const permission = known.has('--permission') ? '--permission' : '--experimental-permission';
/** The model, with what it takes to load the library. */
export const enforced: readonly string[] = [permission, '--allow-addons', `--allow-fs-read=${root}*`];
/** Allows the network, where that is to be allowed. */
export const network: readonly string[] = known.has('--allow-net') ? ['--allow-net'] : [];

/** Why a test is skipped on this line of Node; false where it is not. */
export const noAddons = known.has('--allow-addons') ? false : 'this Node loads no addon under its permission model';
export const noScope = known.has('--allow-net') ? false : 'this Node has no network scope';
export const noAudit = known.has('--permission-audit') ? false : 'this Node has no audit of permissions';

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs the text of a module. */
export function evaluate(text: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  return execute([process.execPath, ...flags, '--input-type=module', '-e', text], env);
}

export function execute([command, ...words]: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  return spawnSync(command!, words, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
}
