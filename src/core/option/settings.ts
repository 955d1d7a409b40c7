// Owns lists of options that are set on a new socket, before bind and connect.

import type { OptionSetting } from '../../contract/option.js';
import { invalidType } from '../../error/invalid.js';
import type { Handle } from '../handle.js';
import { checkSetting, setOption } from './typed.js';

export type Settings = readonly OptionSetting[];

/** The caller's list; an absent one is empty. */
export function checkSettings(settings: unknown): Settings {
  if (settings === undefined) return [];
  if (!Array.isArray(settings) || !settings.every((setting) => Array.isArray(setting) && setting.length === 2))
    throw invalidType('options', 'an array of [option, value] pairs', settings);
  const list = settings as OptionSetting[];
  for (const [option, value] of list) checkSetting(option, value);
  return list;
}

export function applySettings(handle: Handle, settings: Settings): void {
  for (const [option, value] of settings) setOption(handle, option, value);
}
