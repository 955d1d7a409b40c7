// Owns the way to the modules of the command that are tested without a process of their own. It must not know what is tested.

import type * as Arguments from '../../src/cli/arguments.js';
import type * as FileVerdict from '../../src/cli/cert/file-verdict.js';
import type * as Figures from '../../src/cli/bench/figures.js';
import type * as Message from '../../src/cli/dns/message.js';
import type * as Commands from '../../src/cli/manual/commands.js';
import type * as Entry from '../../src/cli/manual/entry.js';
import type * as ExitCodes from '../../src/cli/manual/exit-codes.js';
import type * as Help from '../../src/cli/manual/help.js';
import type * as ManPage from '../../src/cli/manual/man-page.js';
import type * as Progress from '../../src/cli/progress.js';
import type * as Usage from '../../src/cli/usage.js';

const compiled = (path: string): Promise<unknown> =>
  import(new URL(`../../../compiled/cli/${path}.js`, import.meta.url).href);

export const { parseCommand } = (await compiled('arguments')) as typeof Arguments;
export const { commands, entryOf } = (await compiled('manual/commands')) as typeof Commands;
export const { spelling } = (await compiled('manual/entry')) as typeof Entry;
export const { exitCodes } = (await compiled('manual/exit-codes')) as typeof ExitCodes;
export const { helpOf, overview } = (await compiled('manual/help')) as typeof Help;
export const { manPage } = (await compiled('manual/man-page')) as typeof ManPage;
export const { UsageError } = (await compiled('usage')) as typeof Usage;
export const { answer, query } = (await compiled('dns/message')) as typeof Message;
export const { certificatesIn, fileVerdict } = (await compiled('cert/file-verdict')) as typeof FileVerdict;
export const { figures, Latencies } = (await compiled('bench/figures')) as typeof Figures;
export const { progressLine } = (await compiled('progress')) as typeof Progress;
