// Owns Queue, where events go. It must not know what an event is.

import { customInspect, show, type Shown } from '../../error/shown.js';
import { limitOf, type Timeout } from './argument.js';
import { QoreException, wrongType } from './exception.js';

/** A queue, first in and first out; with a size, at most so many stay in it. It can be iterated, which empties it. */
export class Queue<T = unknown> implements Iterable<T> {
  readonly #size: number;
  #items: T[] = [];

  /** Without a limit unless told. */
  constructor(size = -1) {
    if (!Number.isInteger(size) || size === 0)
      throw wrongType('Queue::constructor', 'the size', 'a whole number other than 0', size);
    this.#size = size < 0 ? -1 : size;
  }

  /** Puts something at the end. @throws QoreException `QUEUE-TIMEOUT` when it is full: nobody can make room meanwhile */
  push(value: T): void {
    this.#room('push');
    this.#items.push(value);
  }

  /** Puts something in front. */
  insert(value: T): void {
    this.#room('insert');
    this.#items.unshift(value);
  }

  /** Takes what came first. @throws QoreException `QUEUE-TIMEOUT` when there is nothing: nobody can put anything in meanwhile */
  get(timeout?: Timeout): T {
    return this.#take('get', timeout, () => this.#items.shift()!);
  }

  /** Takes what came last. @throws as `get` */
  pop(timeout?: Timeout): T {
    return this.#take('pop', timeout, () => this.#items.pop()!);
  }

  /** How many there are. */
  size(): number {
    return this.#items.length;
  }

  /** How many there may be; -1 for any number. */
  max(): number {
    return this.#size;
  }

  empty(): boolean {
    return this.#items.length === 0;
  }

  clear(): void {
    this.#items = [];
  }

  /** Without what is in it. */
  [customInspect](...shown: Shown): string {
    const max = this.#size < 0 ? null : this.#size;
    return show('Queue', { size: this.size(), max }, shown);
  }

  *[Symbol.iterator](): Iterator<T, undefined> {
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) yield item;
  }

  #take(method: string, timeout: Timeout | undefined, take: () => T): T {
    const ms = limitOf(method, timeout);
    // A thread that waited here would keep itself from putting anything in.
    if (this.#items.length === 0)
      throw new QoreException('QUEUE-TIMEOUT', `the queue is empty, and nobody fills it during Queue::${method}()`, ms);
    return take();
  }

  #room(method: string): void {
    if (this.#items.length === this.#size)
      throw new QoreException('QUEUE-TIMEOUT', `the queue is full, and nobody empties it during Queue::${method}()`);
  }
}
