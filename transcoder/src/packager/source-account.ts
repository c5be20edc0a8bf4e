import { framesToMs, type Milliseconds } from '@awaz/infra/contract';
import type { PublishedPart, SourceSpan } from '@awaz/infra/part-log';

/** Capture times that are this near to where the last frame ended continue its span, in ms. */
const SAME_SPAN_MS: Milliseconds = 5;

/** A frame as the account takes it. */
type CountedFrame = { payloads: Uint8Array[]; capturedAt: Milliseconds; startsRun: boolean };

/**
 * What the source gave since the last part, on air or too late for it, so that the part can tell. Bounded by what the
 * source may send between two parts.
 */
export class SourceAccount {
  readonly #rung: number;
  #spans: SourceSpan[] = [];
  #late: Uint8Array[] = [];

  /** `rung`: the rendition whose late frames are kept. */
  constructor(rung: number) {
    this.#rung = rung;
  }

  /** Whether there is nothing to tell. */
  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  /** Notes a frame that is in the part, at an index. */
  onAir(frame: CountedFrame, at: number): void {
    const last = this.#spans.at(-1);
    if (last?.at !== undefined && last.at + last.frames === at && continues(last, frame)) last.frames += 1;
    else this.#spans.push({ ...begun(frame), at });
  }

  /** Notes a frame that is not on air. */
  late(frame: CountedFrame): void {
    const bytes = frame.payloads[this.#rung] ?? new Uint8Array(0);
    const last = this.#spans.at(-1);
    this.#late.push(bytes);
    if (last?.sizes !== undefined && continues(last, frame)) {
      last.frames += 1;
      last.sizes.push(bytes.length);
    } else {
      this.#spans.push({ ...begun(frame), sizes: [bytes.length] });
    }
  }

  /** What a part tells of the source; the account begins anew. */
  take(): Pick<PublishedPart, 'source' | 'late'> {
    if (this.isEmpty) return {};
    const source = this.#spans;
    const late = this.#late;
    this.#spans = [];
    this.#late = [];
    return late.length === 0 ? { source } : { source, late: new Uint8Array(Buffer.concat(late)) };
  }
}

function begun({ capturedAt, startsRun }: CountedFrame): SourceSpan {
  return { frames: 1, capturedAt, ...(startsRun ? { startsRun } : {}) };
}

function continues(span: SourceSpan, { capturedAt, startsRun }: CountedFrame): boolean {
  return !startsRun && Math.abs(capturedAt - span.capturedAt - framesToMs(span.frames)) < SAME_SPAN_MS;
}
