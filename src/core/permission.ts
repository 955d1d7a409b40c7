// Owns the question to the runtime's permission model, asked before anything is opened.

import { refusal } from '../error/make.js';

interface PermissionModel {
  has(scope: string): boolean;
}

// Only where the network is a scope: on lines without one, has('net') is false under --permission although nothing is forbidden.
const model: PermissionModel | undefined = process.allowedNodeEnvironmentFlags.has('--allow-net')
  ? (process as unknown as { permission?: PermissionModel }).permission
  : undefined;

export function isPermitted(): boolean {
  return model === undefined || model.has('net');
}

export function checkPermission(): void {
  if (!isPermitted())
    throw refusal('ERR_ACCESS_DENIED', 'config', 'the permission model does not allow network access', {
      hint: 'Start the program with --allow-net.',
    });
}
