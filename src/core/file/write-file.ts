// Owns the sending of a whole file: by sendfile(2) where that works, else in pieces that are read and sent. It takes its
// turn among the writes of the connection, as they do.

import type { ErrorFacts } from '../../error/socket-error.js';
import { SocketError } from '../../error/socket-error.js';
import type { Attempt, Interest } from '../attempt.js';
import { Sending } from '../direction.js';
import { layerInterests, layerUntil } from '../layer.js';
import { sendOnce } from '../send.js';
import type { Stream } from '../stream.js';
import { isWant, Want } from '../want.js';
import { AT_ONCE, PIECE, sendFileOnce, UNFIT } from './send-file.js';
import type { SourceFile } from './source-file.js';

/** After so many bytes without waiting the others have their turn. */
const TURN = AT_ONCE;

export class WriteFile extends Sending implements Attempt<number> {
  readonly #stream: Stream;
  readonly #source: SourceFile;
  readonly #length: number;
  /** Handed to the kernel, or to the layer. */
  #done = 0;
  #begun = false;
  #unfit = false;
  /** What was read and is not sent yet: #piece from #at to #end. */
  #piece: Buffer | null = null;
  #at = 0;
  #end = 0;
  /** What Want.Many is about. */
  #awaits: 'layer' | 'source' | 'turn' = 'layer';
  #turn = 0;
  /** The file failed before a byte was sent: nothing is torn. */
  #innocent = false;

  constructor(stream: Stream, source: SourceFile, length: number) {
    super(stream.handle);
    this.#stream = stream;
    this.#source = source;
    this.#length = length;
  }

  override get breaks(): boolean {
    return !this.#innocent;
  }

  get until(): number {
    return this.#awaits === 'turn' ? this.#turn : layerUntil(this.#stream);
  }

  interests(): readonly Interest[] {
    if (this.#awaits === 'layer') return layerInterests(this.#stream);
    if (this.#awaits === 'turn') return [];
    return [{ registration: this.#source.registration, read: true, write: false }];
  }

  step(): number {
    try {
      const result = this.#run();
      if (!isWant(result)) this.#source.close(this.#done);
      return result;
    } catch (error) {
      this.#source.close(this.#done);
      throw error;
    }
  }

  /** Given up before it was complete. */
  abandon(): void {
    if (this.#begun) this.#stream.ending.torn = true;
    this.#source.close(this.#done);
  }

  facts(): Partial<ErrorFacts> {
    const { positional } = this.#source;
    const left = positional ? undefined : this.#piece?.subarray(this.#at, this.#end);
    return { bytesDone: this.#done, ...(left?.length ? { partial: left } : {}) };
  }

  #run(): number {
    const { layer } = this.#stream;
    if (layer?.ready === false) {
      this.#awaits = 'layer';
      const want = layer.advance();
      if (want !== null) return want;
    }
    this.#begun = true;
    this.#source.begin();
    const most = this.#done + TURN;
    while (this.#done < most) {
      const n = this.#some();
      if (isWant(n)) return n;
      if (n === 0) return this.#flush();
    }
    this.#awaits = 'turn';
    this.#turn = performance.now();
    return Want.Many;
  }

  /** Sends some: how many bytes, 0 when everything is sent, or what to wait for. */
  #some(): number {
    if (this.#at < this.#end) return this.#sendPiece();
    const left = this.#length - this.#done;
    if (left === 0) return 0;
    if (!this.#unfit && this.#stream.layer === null) {
      const n = this.#sendFile(left);
      if (n !== UNFIT) return this.#sent(n, 'sendfile');
      this.#unfit = true;
    }
    const n = this.#readPiece(left);
    if (n === Want.Many) this.#awaits = 'source';
    return n > 0 ? this.#sendPiece() : n;
  }

  #sendFile(left: number): number {
    try {
      return sendFileOnce(this.handle, this.#source, this.#done, Math.min(left, AT_ONCE));
    } catch (error) {
      throw this.#sourceFailed(error);
    }
  }

  #readPiece(left: number): number {
    this.#piece ??= Buffer.allocUnsafeSlow(Math.min(left, PIECE));
    this.#at = 0;
    this.#end = 0;
    try {
      const n = this.#source.read(this.#piece, Math.min(left, this.#piece.length), this.#done);
      if (n > 0) this.#end = n;
      return n;
    } catch (error) {
      throw this.#sourceFailed(error);
    }
  }

  #sendPiece(): number {
    const { layer } = this.#stream;
    const piece = this.#piece!;
    const length = this.#end - this.#at;
    const n = layer === null ? sendOnce(this.handle, piece, this.#at, length, 0) : layer.send(piece, this.#at, length);
    if (n > 0) this.#at += n;
    return this.#sent(n, 'send');
  }

  #sent(n: number, syscall: string): number {
    if (isWant(n)) {
      this.#awaits = 'layer';
      return n;
    }
    if (n < 0) throw this.#stream.failed(n, syscall, this.#done);
    this.#done += n;
    // Of a source without a size nobody knows how much there is.
    this.#stream.sent(n, this.#done, Number.isFinite(this.#length) ? this.#length : this.#done);
    return n;
  }

  #flush(): number {
    const n = this.#stream.layer?.flush() ?? 0;
    return n === 0 ? this.#done : this.#sent(n, 'send');
  }

  /** The file and not the connection: what was sent of it stays sent. */
  #sourceFailed(error: unknown): unknown {
    if (this.#done > 0) this.#stream.ending.torn = true;
    else this.#innocent = true;
    if (!(error instanceof SocketError)) return error;
    const { message, code, phase, errno, syscall, hint } = error;
    return new SocketError(message, { code, phase, errno, syscall, hint, bytesDone: this.#done });
  }
}
