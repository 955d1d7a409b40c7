// Owns how much a test of trust does: what the check has time for, or what is run by hand for the figures in
// docs/reliability.md. It must not know what is counted.

/** `byHand` where BERKELEY_HEAVY is set (`npm run trust -- --by-hand`), `inCheck` otherwise. */
export function size(inCheck: number, byHand: number): number {
  return process.env['BERKELEY_HEAVY'] === undefined ? inCheck : byHand;
}

/** The seed of this run: given as BERKELEY_SEED to repeat one, another every day and run otherwise. Print it in whatever fails. */
export const seed: number = Number(process.env['BERKELEY_SEED'] ?? Math.floor(Math.random() * 0x7fff_ffff));
