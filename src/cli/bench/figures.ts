// Owns the figures of a load: rates, percentiles, processor time. Pure but for the clock of the process.

import { rounded } from '../ping/statistics.js';

export interface Figures {
  /** How many messages came back. */
  readonly messages: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** MiB a second, in each direction. */
  readonly mebibytesPerSecond: number;
  /** From the first byte of a message to the last byte of its answer, in milliseconds. */
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p99' | 'p999' | 'max', number>> | null;
  /** Of this process, in microseconds a message. */
  readonly processorTime: number | null;
}

/**
 * Latencies, in as much memory as their spread takes and not their number: buckets 1 % wide, from 100 ns on. So a percentile is right to 1 %.
 */
export class Latencies {
  readonly #buckets: number[] = [];
  #count = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = Math.max(0, Math.floor(Math.log(ms * 1e4) / width));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    if (ms > this.#max) this.#max = ms;
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** The time that this part of all messages took at most. */
  percentile(part: number): number {
    let left = Math.ceil(this.#count * part);
    for (const bucket of Object.keys(this.#buckets)) {
      left -= this.#buckets[Number(bucket)]!;
      if (left <= 0) return Math.min(this.#max, Math.exp((Number(bucket) + 1) * width) / 1e4);
    }
    return this.#max;
  }
}

/** What a run came to. */
export function figures(latencies: Latencies, size: number, ms: number, processor: NodeJS.CpuUsage): Figures {
  const { count: messages } = latencies;
  const seconds = ms / 1000;
  return {
    messages,
    seconds: rounded(seconds),
    perSecond: Math.round(messages / seconds),
    mebibytesPerSecond: Math.round((messages * size) / seconds / 1024 / 10.24) / 100,
    latency:
      messages === 0
        ? null
        : {
            p50: rounded(latencies.percentile(0.5)),
            p90: rounded(latencies.percentile(0.9)),
            p99: rounded(latencies.percentile(0.99)),
            p999: rounded(latencies.percentile(0.999)),
            max: rounded(latencies.max),
          },
    processorTime: messages === 0 ? null : Math.round(((processor.user + processor.system) / messages) * 100) / 100,
  };
}

const width = Math.log(1.01);
