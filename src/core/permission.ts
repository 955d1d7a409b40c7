// Owns the question to the runtime's permission model, asked before anything is opened.

import { resolve } from 'node:path';
import { refusal } from '../error/make.js';

interface PermissionModel {
  has(scope: string, reference?: string): boolean;
}

/** Undefined unless the program was started with --permission. */
const { permission } = process as unknown as { permission?: PermissionModel };
// Only where the network is a scope: on lines without one, has('net') is false under --permission although nothing is forbidden.
// Node makes the list of its flags when it is first asked for, which takes 1 to 4 ms: nobody asks without need.
const network =
  permission !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net') ? permission : undefined;

export function isPermitted(): boolean {
  return network === undefined || network.has('net');
}

export function checkPermission(): void {
  if (!isPermitted())
    throw refusal('ERR_ACCESS_DENIED', 'config', 'the permission model does not allow network access', {
      hint: 'Start the program with --allow-net.',
    });
}

/** Asked before a file is opened by its path. A descriptor is a permission by itself. */
export function checkReadPermission(path: string): void {
  if (permission === undefined || permission.has('fs.read', resolve(path))) return;
  throw refusal('ERR_ACCESS_DENIED', 'config', `the permission model does not allow reading ${path}`, {
    hint: 'Start the program with --allow-fs-read.',
  });
}
