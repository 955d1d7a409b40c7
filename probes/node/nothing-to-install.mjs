import { builtinModules } from 'node:module';
import { check, say } from '../kit.mjs';

check(
  ['net', 'tls', 'dgram'].every((name) => builtinModules.includes(name)),
  'built in',
);
say('yes', "`import 'node:net'`");
