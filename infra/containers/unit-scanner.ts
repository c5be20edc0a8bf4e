import { AwazError } from '../contract/index.ts';
import type { ContainerScanner, Continuation, DecoderInput, RestartPoint, ScanReport } from './container-scanner.ts';
import { PendingBytes } from './pending-bytes.ts';
import { MAX_UNIT_BYTES, type Unit, type UnitReader } from './unit-reader.ts';

/** Bytes that are no unit before the first one: more than that, and the stream is of another kind. */
export const MAX_BYTES_BEFORE_FIRST_UNIT = 65_536;

/** Bytes that are no unit in one go, later on. */
export const MAX_GARBAGE_BYTES = 1_048_576;

/** Bytes of tags, pictures and other tracks in one go without any audio. */
export const MAX_DROPPED_BYTES = 67_108_864;

/** The same memory as a plain Uint8Array: a Node Buffer's `slice` makes no copy. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The feed of one `scan`: neighbouring units of the same storage become one view. */
class FeedBuilder {
  readonly views: Uint8Array[] = [];
  #store: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  addRange(store: Uint8Array, start: number, end: number): void {
    if (this.#store !== store || this.#end !== start) {
      this.flush();
      this.#store = store;
      this.#start = start;
    }
    this.#end = end;
  }

  addBytes(bytes: Uint8Array): void {
    this.flush();
    this.views.push(bytes);
  }

  flush(): void {
    if (this.#store !== undefined) this.views.push(this.#store.subarray(this.#start, this.#end));
    this.#store = undefined;
  }
}

/** Drives a {@link UnitReader} over pieces of any size; owns limits, offsets and the feed. */
export class UnitScanner implements ContainerScanner {
  readonly #reader: UnitReader;
  readonly #pending = new PendingBytes();
  /** Bytes that must be pending before the reader is asked again. */
  #need = 1;
  /** Bytes of a dropped unit that have not come yet. */
  #dropAhead = 0;
  #offset: number;
  #sourceOffset: number;
  #started: boolean;
  #garbage = 0;
  #dropped = 0;
  #end: AwazError | undefined;

  constructor(reader: UnitReader, from?: Continuation) {
    this.#reader = reader;
    this.#offset = from?.offset ?? 0;
    this.#sourceOffset = from?.sourceOffset ?? 0;
    this.#started = from !== undefined;
    if (from !== undefined) reader.resume({ ...from, prefix: plainBytes(from.prefix) });
  }

  get input(): DecoderInput | undefined {
    return this.#reader.input;
  }

  get sampleRate(): number | undefined {
    return this.#reader.sampleRate;
  }

  get samples(): number {
    return this.#reader.samples;
  }

  get sourceOffset(): number {
    return this.#sourceOffset;
  }

  scan(bytes: Uint8Array): ScanReport {
    if (this.#end !== undefined) throw this.#end;
    const before = this.#sourceOffset + this.#pending.length;
    this.#pending.append(plainBytes(bytes));
    try {
      return this.#scanPending(before);
    } catch (error) {
      this.#end = error instanceof AwazError ? error : new AwazError('internal', 'Scanning failed.', { cause: error });
      this.#pending.clear();
      throw this.#end;
    }
  }

  #scanPending(before: number): ScanReport {
    const feed = new FeedBuilder();
    const restartPoints: RestartPoint[] = [];
    const report: ScanReport = { feed: feed.views, restartPoints };
    const pending = this.#pending;
    const bytes = pending.store.subarray(0, pending.end);
    this.#takeDropped();
    while (pending.length >= this.#need) {
      const unit = this.#reader.next(bytes, pending.start);
      if (unit.kind === 'wait') {
        this.#wait(unit.bytes);
      } else if (unit.kind === 'new-stream') {
        report.newStreamAt = this.#sourceOffset - before;
        report.rest = bytes.subarray(pending.start);
        this.#end = new AwazError('internal', 'This container stream has ended; the next one needs a new scanner.');
        break;
      } else {
        this.#need = 1;
        if (unit.kind === 'feed') this.#feed(unit, bytes, { feed, restartPoints });
        else this.#pass(unit);
      }
    }
    feed.flush();
    return report;
  }

  #wait(count: number): void {
    if (count > MAX_UNIT_BYTES) throw this.#bad(`has a unit of ${count} bytes; ${MAX_UNIT_BYTES} are the most`);
    this.#need = Math.max(count, this.#pending.length + 1);
  }

  #feed(
    unit: Unit & { kind: 'feed' },
    bytes: Uint8Array,
    out: { feed: FeedBuilder; restartPoints: RestartPoint[] },
  ): void {
    const { start } = this.#pending;
    if (unit.lead !== undefined && unit.lead.length > 0) {
      out.feed.addBytes(unit.lead);
      this.#offset += unit.lead.length;
    }
    if (unit.restart !== undefined) {
      const { sample, prefix, state = '' } = unit.restart;
      out.restartPoints.push({ offset: this.#offset, sourceOffset: this.#sourceOffset, sample, prefix, state });
    }
    if (unit.as === undefined) out.feed.addRange(bytes, start, start + unit.bytes);
    else out.feed.addBytes(unit.as);
    this.#offset += unit.as?.length ?? unit.bytes;
    this.#started = true;
    this.#garbage = 0;
    this.#dropped = 0;
    this.#take(unit.bytes);
  }

  #pass(unit: Unit & { kind: 'drop' | 'garbage' }): void {
    if (unit.kind === 'garbage') {
      this.#garbage += unit.bytes;
      const limit = this.#started ? MAX_GARBAGE_BYTES : MAX_BYTES_BEFORE_FIRST_UNIT;
      if (this.#garbage > limit) {
        throw this.#bad(
          this.#started ? `was lost for ${limit} bytes in a row` : `does not begin within the first ${limit} bytes`,
        );
      }
      this.#take(unit.bytes);
      return;
    }
    this.#dropped += unit.bytes;
    if (this.#dropped > MAX_DROPPED_BYTES) throw this.#bad(`has ${MAX_DROPPED_BYTES} bytes without audio`);
    this.#dropAhead = unit.bytes;
    this.#takeDropped();
  }

  #takeDropped(): void {
    const count = Math.min(this.#dropAhead, this.#pending.length);
    this.#dropAhead -= count;
    this.#take(count);
  }

  #take(count: number): void {
    this.#pending.take(count);
    this.#sourceOffset += count;
  }

  #bad(what: string): AwazError {
    return new AwazError(
      'bad_media',
      `The ${this.#reader.name} stream ${what}. Check that the type announced is the type sent.`,
      { facts: { sourceOffset: this.#sourceOffset, samples: this.samples } },
    );
  }
}
