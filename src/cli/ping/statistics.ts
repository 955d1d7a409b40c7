// Owns the figures of a ping. Pure.

export interface Statistics {
  readonly sent: number;
  readonly received: number;
  /** Per cent. */
  readonly lost: number;
  /** Of the whole run. */
  readonly milliseconds: number;
  /** Round-trip times in ms; null without a reply. */
  readonly times: {
    readonly min: number;
    readonly average: number;
    readonly max: number;
    readonly deviation: number;
  } | null;
}

export function statistics(sent: number, times: readonly number[], milliseconds: number): Statistics {
  const received = times.length;
  const lost = sent === 0 ? 0 : Math.round(((sent - received) / sent) * 1000) / 10;
  const whole = { sent, received, lost, milliseconds: rounded(milliseconds) };
  if (received === 0) return { ...whole, times: null };
  const average = times.reduce((sum, time) => sum + time, 0) / received;
  const square = times.reduce((sum, time) => sum + (time - average) ** 2, 0) / received;
  // Not Math.min(...times): a ping of a day has more than a call may have arguments.
  const min = times.reduce((least, time) => Math.min(least, time), Infinity);
  const max = times.reduce((most, time) => Math.max(most, time), 0);
  const deviation = rounded(Math.sqrt(square));
  return { ...whole, times: { min: rounded(min), average: rounded(average), max: rounded(max), deviation } };
}

/** To a microsecond: more is noise. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
