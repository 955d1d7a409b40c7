// Owns the values that say "not yet". They are numbers, so that an attempt that would block costs no exception; they lie
// far below every -errno and never leave the library.

export const Want = {
  /** Again when the handle is readable. */
  Read: -2_000_001,
  /** Again when the handle is writable. */
  Write: -2_000_002,
  /** Again when one of `attempt.interests()` is ready, or at `attempt.until`. */
  Many: -2_000_003,
  /** Again after a short pause that grows with each one: for what the kernel has no event for. */
  Pause: -2_000_004,
} as const;

export type Want = (typeof Want)[keyof typeof Want];

export function isWant(value: unknown): value is Want {
  return typeof value === 'number' && value <= Want.Read && value >= Want.Pause;
}
