// Owns `berkeley ping`: when requests go out, which replies count, and what is printed of it. It must not know what an echo looks like.

import { lookup, type Address } from '../promises/index.js';
import { SocketError, TimeoutError } from '../error/socket-error.js';
import { failureOf } from './failure.js';
import type { PingCommand } from './ping/command.js';
import { dataLength, EchoSocket, type Reply } from './ping/echo-socket.js';
import { rounded, statistics, type Statistics } from './ping/statistics.js';
import { visible, visibleJson } from './visible.js';

interface PingReport extends Statistics {
  readonly event: 'end';
  readonly target: string;
  readonly address: string;
  readonly socket: 'dgram' | 'raw';
}

/** The exit code: 0 when at least one reply came, else 1, as ping(8) has it. */
export async function runPing(command: PingCommand): Promise<number> {
  const host = command.target.replace(/^\[(.*)\]$/, '$1');
  const [address] = await lookup(host, 0, { timeout: '10s', ...(command.family && { family: command.family }) });
  const socket = await EchoSocket.open(address!);
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once('SIGINT', interrupted);
  try {
    const run = new Run(command, address!, socket, stop.signal);
    await run.whole();
    return run.conclude();
  } finally {
    process.off('SIGINT', interrupted);
    socket.close();
  }
}

class Run {
  readonly #command: PingCommand;
  readonly #address: Address;
  readonly #socket: EchoSocket;
  readonly #signal: AbortSignal;
  readonly #begun = performance.now();
  /** When each request went out that has no reply yet, by the 16 bits that travel. */
  readonly #waiting = new Map<number, { sequence: number; at: number }>();
  readonly #times: number[] = [];
  #sent = 0;

  constructor(command: PingCommand, address: Address, socket: EchoSocket, signal: AbortSignal) {
    this.#command = command;
    this.#address = address;
    this.#socket = socket;
    this.#signal = signal;
  }

  async whole(): Promise<void> {
    const { count, interval, wait } = this.#command;
    this.#say(`PING ${visible(this.#command.target)} (${this.#address.address}): ${dataLength} data bytes`);
    for (let sequence = 1; sequence <= count && !this.#signal.aborted; sequence++) {
      const at = performance.now();
      this.#waiting.set(sequence & 0xffff, { sequence, at });
      this.#sent++;
      await this.#noting(sequence, () => this.#socket.send(sequence));
      const last = sequence === count;
      await this.#listen(sequence, at + (last ? wait : interval), last);
    }
  }

  /** Hears replies until the moment, or until nothing is awaited any more. */
  async #listen(sequence: number, until: number, last: boolean): Promise<void> {
    let over = false;
    while (!over && !(last && this.#waiting.size === 0)) {
      const left = until - performance.now();
      if (left <= 0 || this.#signal.aborted) return;
      over = await this.#noting(sequence, async () => this.#take(await this.#socket.reply(left, this.#signal)));
    }
  }

  #take({ sequence: short, ttl, bytes }: Reply): void {
    const request = this.#waiting.get(short);
    if (request === undefined) return;
    this.#waiting.delete(short);
    const milliseconds = performance.now() - request.at;
    if (milliseconds > this.#command.wait) return;
    const { sequence } = request;
    this.#times.push(rounded(milliseconds));
    this.#object({ event: 'reply', sequence, ttl, bytes, milliseconds: rounded(milliseconds) });
    const hops = ttl === null ? '' : ` ttl=${ttl}`;
    this.#say(`${bytes} bytes from ${this.#address.address}: icmp_seq=${sequence}${hops} time=${ms(milliseconds)} ms`);
  }

  /** True when there is nothing more to wait for. What the way says of a request is news, and no end. */
  async #noting(sequence: number, call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      return false;
    } catch (error) {
      if (error instanceof TimeoutError || this.#signal.aborted) return true;
      if (!(error instanceof SocketError) || error.errno === undefined) throw error;
      this.#waiting.delete(sequence & 0xffff);
      this.#object({ event: 'error', sequence, ...failureOf(error) });
      this.#say(`icmp_seq=${sequence} ${error.message}`);
      return false;
    }
  }

  conclude(): number {
    const facts = statistics(this.#sent, this.#times, performance.now() - this.#begun);
    if (this.#command.json) {
      const report: PingReport = {
        event: 'end',
        target: this.#command.target,
        address: this.#address.address,
        socket: this.#socket.kind,
        ...facts,
      };
      this.#object(report);
    } else this.#say(summary(this.#command.target, facts));
    return this.#times.length > 0 ? 0 : 1;
  }

  #object(value: object): void {
    if (this.#command.json) process.stdout.write(`${visibleJson(value)}\n`);
  }

  #say(line: string): void {
    if (!this.#command.json) process.stdout.write(`${line}\n`);
  }
}

function summary(target: string, { sent, received, lost, milliseconds, times }: Statistics): string {
  const lines = [
    '',
    `--- ${visible(target)} ping statistics ---`,
    `${sent} packets transmitted, ${received} received, ${lost}% packet loss, time ${milliseconds.toFixed(0)} ms`,
  ];
  if (times !== null) {
    const { min, average, max, deviation } = times;
    lines.push(`rtt min/avg/max/mdev = ${[min, average, max, deviation].map((time) => time.toFixed(3)).join('/')} ms`);
  }
  return lines.join('\n');
}

/** Three digits that count, as ping(8) prints them. */
function ms(time: number): string {
  return time.toFixed(time < 1 ? 3 : time < 10 ? 2 : time < 100 ? 1 : 0);
}
