// Owns what a command that serves says on standard error: lines for people, or an object each. It must not know whom it serves.

import { failureOf } from './failure.js';
import { oneLine } from './report.js';
import { visible, visibleJson } from './visible.js';

export class Notices {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** `words` are whole lines for people; null for what only --json tells. */
  tell(event: string, facts: object, words: string | null): void {
    if (this.#json) process.stderr.write(`${visibleJson({ event, ...facts })}\n`);
    else if (words !== null) process.stderr.write(words);
  }

  /** Whole lines that are for people alone. */
  people(words: string): void {
    if (!this.#json) process.stderr.write(words);
  }

  /** One client's failure, which is not the end of the service. */
  failed(peer: string | null, error: unknown): void {
    const before = peer === null ? '' : `${visible(peer)}: `;
    this.tell('error', { peer, ...failureOf(error) }, `berkeley: ${before}${oneLine(error)}\n`);
  }
}
