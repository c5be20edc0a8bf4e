import { framesToMs, SAMPLE_RATE, SAMPLES_PER_FRAME } from '@awaz/infra/contract';
import { PartLogReader, type PublishedPart } from '@awaz/infra/part-log';
import {
  type Archive,
  type RecordedSegment,
  type RecordedTitle,
  type Recording,
  type RecordingIndex,
  recordingFiles,
} from '@awaz/infra/recordings';
import type { RedisHandle } from '@awaz/infra/redis';
import { sampleSizes } from '../isobmff/fragment-frames.ts';
import { type AacTrack, initSection } from '../isobmff/init-section.ts';
import { mediaFragment } from '../isobmff/media-fragment.ts';
import { progressiveHead } from '../isobmff/progressive-head.ts';
import type { ArchiveMetrics } from './archive-metrics.ts';
import { type RecordedFrame, RecordingLine } from './recording-line.ts';

/** Parts read at once: about 25 s. */
const READ_COUNT = 128;

/** Files read at the same time. */
const READS_AT_ONCE = 8;

/** Another process writes the recording by now, or it was removed; this one must stop. */
export class RecordingTakenError extends Error {
  override name = 'RecordingTakenError';
}

/** What a writer needs; all of it belongs to the archiver. */
export type RecordingWriterContext = {
  handle: RedisHandle;
  index: RecordingIndex;
  archive: Archive;
  metrics: ArchiveMetrics;
  /** One AAC frame of silence. */
  fillerFrame: Uint8Array;
  /** What the archiver holds the lease by. */
  token: string;
};

/**
 * Writes one recording from the part log, from wherever an earlier writer left it. Files are named by their place, so what
 * is written twice is the same file; what counts is in the index, which takes a step only from the holder of the lease.
 * After any error it is of no use: begin another one.
 */
export class RecordingWriter {
  readonly #context: RecordingWriterContext;
  readonly #recording: Recording;
  readonly #reader: PartLogReader;
  readonly #line: RecordingLine;
  readonly #track: AacTrack;
  #readId: string;
  #segmentCount: number;
  #titles: RecordedTitle[] = [];
  #lostFrames = 0;
  #oldestAt: number | undefined;
  #ended = false;

  private constructor(
    context: RecordingWriterContext,
    recording: Recording,
    begun: { rung: number; afterId: string; nextCapturedAt: number | undefined; segmentCount: number },
  ) {
    this.#context = context;
    this.#recording = recording;
    this.#reader = new PartLogReader(context.handle, recording);
    this.#line = new RecordingLine(begun.rung, context.fillerFrame, begun.nextCapturedAt);
    this.#track = { sampleRate: SAMPLE_RATE, channels: 2, bitrate: recording.kbps * 1000 };
    this.#readId = begun.afterId;
    this.#segmentCount = begun.segmentCount;
  }

  /** Reads where to go on. Undefined while no worker has taken the broadcast. */
  static async begin(context: RecordingWriterContext, recording: Recording): Promise<RecordingWriter | undefined> {
    const { index } = context;
    const [place, segmentCount, head] = await Promise.all([
      index.place(recording),
      index.segmentCount(recording),
      new PartLogReader(context.handle, recording).readMeta(),
    ]);
    if (head === undefined && place.afterId === '0') return undefined;
    const rung = head?.meta.ladder.findIndex(({ kbps }) => kbps === recording.kbps) ?? 0;
    const { afterId, nextCapturedAt } = place;
    return new RecordingWriter(context, recording, { rung, afterId, nextCapturedAt, segmentCount });
  }

  /** How old the oldest audio is that is in no segment, in ms. */
  lagMs(now: number): number {
    return this.#oldestAt === undefined ? 0 : now - this.#oldestAt;
  }

  /** Whether the end of the broadcast has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Writes all that is in the part log by now, but for what makes no segment yet. */
  async step(): Promise<void> {
    for (;;) {
      const events = await this.#reader.readAfter(this.#readId, READ_COUNT);
      for (const event of events) {
        if (event.kind === 'part') this.#take(event.part);
        else this.#ended = true;
        this.#readId = event.id;
        if (this.#line.isDue) await this.#writeSegments();
      }
      if (events.length < READ_COUNT) return;
    }
  }

  /** Writes what is left and the head of the one file, and completes the recording. */
  async finish(): Promise<void> {
    await this.#writeSegments();
    const { index, archive, token } = this.#context;
    const recording = (await index.get(this.#recording)) ?? this.#recording;
    const files = recordingFiles(recording);
    const head = progressiveHead({
      track: this.#track,
      segments: await this.#sizesOfAll(),
      tags: {
        title: recording.title,
        artist: recording.station,
        date: new Date(recording.startedAt).toISOString(),
      },
    });
    await archive.write(files.init, initSection(this.#track));
    await archive.write(files.head, head);
    const done = await index.complete(recording, token, { headBytes: head.length, endedAt: Date.now() });
    if (!done) throw new RecordingTakenError('The recording was completed by another process, or removed.');
  }

  #take(part: PublishedPart): void {
    const expected = Number(this.#readId.split('-')[0]);
    const missing = expected === 0 ? 0 : Math.max(0, part.firstFrame - expected);
    this.#lostFrames += missing;
    this.#line.take(part);
    if (this.#line.length > 0) this.#oldestAt ??= part.publishedAt;
    for (const { show, host, track, at } of part.programme ?? []) this.#titles.push({ show, host, track, at });
  }

  async #writeSegments(): Promise<void> {
    const { archive, index, metrics, token } = this.#context;
    const { segments, silentFrames } = this.#line.cut();
    const files = recordingFiles(this.#recording);
    if (this.#segmentCount === 0 && segments.length > 0) await archive.write(files.init, initSection(this.#track));
    const before = (await index.get(this.#recording))?.frames ?? 0;
    let firstFrame = before;
    const written: RecordedSegment[] = [];
    for (const frames of segments) {
      const segment = this.#segment(frames, firstFrame);
      await archive.write(files.segment(this.#segmentCount + written.length), segment.file);
      written.push(segment.facts);
      firstFrame += frames.length;
    }
    const nextCapturedAt = this.#line.nextCapturedAt;
    const place = { afterId: this.#readId, ...(nextCapturedAt === undefined ? {} : { nextCapturedAt }) };
    const added = { segments: written, titles: this.#titles, silentFrames, lostFrames: this.#lostFrames };
    const answer = await index.append(this.#recording, token, { ...added, segmentsBefore: this.#segmentCount, place });
    if (answer !== 'done') throw new RecordingTakenError(`A step of the recording was refused: ${answer}.`);
    metrics.segments.inc(written.length);
    metrics.bytes.inc(written.reduce((sum, { bytes }) => sum + bytes, 0));
    metrics.lostSeconds.inc(framesToMs(this.#lostFrames) / 1000);
    this.#segmentCount += written.length;
    this.#titles = [];
    this.#lostFrames = 0;
    this.#oldestAt = undefined;
  }

  #segment(frames: RecordedFrame[], firstFrame: number): { file: Uint8Array; facts: RecordedSegment } {
    const file = mediaFragment({
      sequenceNumber: firstFrame + 1,
      baseMediaDecodeTime: firstFrame * SAMPLES_PER_FRAME,
      frames: frames.map(({ bytes }) => bytes),
    });
    const payload = frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const facts = { frames: frames.length, bytes: file.length, headBytes: file.length - payload };
    return { file, facts: { ...facts, programDateTime: frames[0]?.capturedAt ?? 0 } };
  }

  async #sizesOfAll(): Promise<number[][]> {
    const { archive, index } = this.#context;
    const files = recordingFiles(this.#recording);
    const segments = await index.segments(this.#recording);
    const sizes: number[][] = [];
    for (let first = 0; first < segments.length; first += READS_AT_ONCE) {
      const some = segments.slice(first, first + READS_AT_ONCE);
      const heads = some.map(({ headBytes }, i) => archive.read(files.segment(first + i), 0, headBytes));
      sizes.push(...(await Promise.all(heads)).map(sampleSizes));
    }
    return sizes;
  }
}
