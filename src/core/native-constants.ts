// The table of this system's constants, for those who have no business with native/.

import { native as binding } from '../native/load.js';

export const native: Readonly<Record<string, number | undefined>> = binding.constants;
