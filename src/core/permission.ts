// Owns the question to the runtime's permission model, asked before anything is opened.

import { resolve } from 'node:path';
import { refusal } from '../error/make.js';

interface PermissionModel {
  has(scope: string, reference?: string): boolean;
}

/** Undefined unless the program was started with --permission, or --permission-audit. */
const { permission } = process as unknown as { permission?: PermissionModel };
// Only where the network is a scope: on lines without one, has('net') is false under --permission although nothing is forbidden.
// Node makes the list of its flags when it is first asked for, which takes 1 to 4 ms: nobody asks without need.
const network =
  permission !== undefined && process.allowedNodeEnvironmentFlags.has('--allow-net') ? permission : undefined;
/** has() has told the listeners of the audit what would have been refused, and nothing is. */
const auditOnly = permission !== undefined && isAuditOnly();

export function isPermitted(): boolean {
  return network === undefined || network.has('net') || auditOnly;
}

export function checkPermission(): void {
  if (!isPermitted())
    throw refusal('ERR_ACCESS_DENIED', 'config', 'the permission model does not allow network access', {
      permission: 'Net',
      hint: 'Start the program with --allow-net.',
    });
}

/** Asked before a file is opened, or made, by its path. A descriptor is a permission by itself. */
export function checkFilePermission(scope: 'fs.read' | 'fs.write', path: string): void {
  if (permission === undefined) return;
  const resource = resolve(path);
  if (permission.has(scope, resource) || auditOnly) return;
  const reading = scope === 'fs.read';
  throw refusal(
    'ERR_ACCESS_DENIED',
    'config',
    `the permission model does not allow ${reading ? 'reading' : 'writing'} ${path}`,
    {
      permission: reading ? 'FileSystemRead' : 'FileSystemWrite',
      resource,
      hint: `Start the program with ${reading ? '--allow-fs-read' : '--allow-fs-write'}.`,
    },
  );
}

/**
 * Node tells nobody in which of its two modes it is, so the flags say. --permission is the stronger one; where a
 * configuration file may have set it unseen, it is taken to be on.
 */
function isAuditOnly(): boolean {
  const given = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  const flags = given.map((flag) => flag.replaceAll('_', '-'));
  const enforces = /^--(experimental-)?permission$|^--(experimental-(default-)?)?config-file(=|$)/;
  return flags.includes('--permission-audit') && !flags.some((flag) => enforces.test(flag));
}
